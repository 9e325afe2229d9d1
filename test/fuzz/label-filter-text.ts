import { choose, type Generator } from './generator.ts';
import { PARSED_LABELS, VALUES } from './vocabulary.ts';

/** The labels that most lines have come more than once. */
const STRINGS = [
  ...PARSED_LABELS,
  'level',
  'level',
  'status',
  'n',
  'detected_level',
  'detected_level',
  'app',
  'env',
  'pod',
  'detected_level',
  'trace_id',
  'region',
  'missing',
];
const NUMERIC_OPS = ['==', '!=', '!=', '>', '>=', '>', '>=', '<', '<=', '='];

function comparison(generator: Generator): string {
  const { dice } = generator;
  return choose(
    generator,
    [
      ['stringFilters', () => stringComparison(generator)],
      ['numericFilters', () => numericComparison(generator)],
      [
        'errorFilters',
        () => `__error__${dice.pick(['=""', '!=""', '!="JSONParserErr"', '=~"JSON.*"', '="LabelFilterErr"'])}`,
      ],
      ['ipFilters', () => `addr${dice.pick(['=', '!='])}ip("${dice.pick(['10.0.0.0/8', '::1', '192.168.4.7'])}")`],
    ],
    () => stringComparison(generator),
  );
}

function stringComparison({ dice }: Generator): string {
  const name = dice.pick(STRINGS);
  const value = dice.pick([...(VALUES[name] ?? ['x']), '']);
  const regexp = dice.pick(['.*', '.*', '.+', 'in.*', 'info|error', '[0-9]+', 'a|', '(?i)INFO', '.*e', '2..']);
  return dice.chance(0.6)
    ? `${name}${dice.pick(['=', '!=', '!='])}${JSON.stringify(value)}`
    : `${name}${dice.pick(['=~', '!~'])}${JSON.stringify(regexp)}`;
}

function numericComparison({ dice }: Generator): string {
  const op = dice.pick(NUMERIC_OPS);
  return dice.one([
    () =>
      `${dice.pick(['n', 'n', 'n', 'status', 'status', 'latency', 'user_id', 'duration_ms'])}${op}${dice.pick(['0', '2', '200', '1.5', '-1', '404', '+2'])}`,
    () => `${dice.pick(['dur', 'latency', 'level'])}${op}${dice.pick(['15ms', '1.5s', '1h', '5m', '100us'])}`,
    () => `${dice.pick(['size', 'n', 'status'])}${op}${dice.pick(['10KB', '1MiB', '512B', '2GB'])}`,
  ]);
}

export function labelFilterText(generator: Generator, depth = 0): string {
  const { dice, has } = generator;
  if (!has('combinedFilters') || depth > 2 || dice.chance(0.6)) return comparison(generator);
  const left = labelFilterText(generator, depth + 1);
  const right = labelFilterText(generator, depth + 1);
  const joined = `${left}${dice.pick([' and ', ' or ', ', ', ' '])}${right}`;
  return dice.chance(0.4) ? `(${joined})` : joined;
}
