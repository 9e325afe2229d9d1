import type { Generator } from './generator.ts';

const RANGES = ['30s', '1m', '90s', '5m', '5m', '20m', '20m', '10m', '10m', '1ms', '1m500ms'];

/** What stands in a range aggregation; the pipeline and the unwrap may be empty. */
export interface LogRangeParts {
  readonly selector: string;
  readonly pipeline: string;
  readonly unwrapping: string;
}

/** A log range in one of the orders that the grammar has for it; most often the usual one. */
export function logRangeText(generator: Generator, parts: LogRangeParts): string {
  const { dice, has } = generator;
  const { selector, pipeline, unwrapping } = parts;
  const range = rangeText(generator);
  const usual = join(selector, pipeline, unwrapping, range);
  if (!has('spellings') || dice.chance(0.6)) return usual;
  return dice.pick([
    join(selector, range, pipeline, unwrapping),
    join(`(${join(selector, pipeline, unwrapping)})`, range),
    pipeline === '' ? join(`(${selector})`, range, unwrapping) : usual,
    `(${usual})`,
  ]);
}

function rangeText({ dice, has }: Generator): string {
  return `[${dice.pick(RANGES)}]${has('offset') && dice.chance(0.2) ? ` offset ${dice.pick(['10s', '1m', '5m'])}` : ''}`;
}

function join(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
