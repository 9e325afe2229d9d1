import { choose, quoted, type Generator } from './generator.ts';
import { labelFilterText } from './label-filter-text.ts';
import { formatText } from './format-text.ts';
import { PARSED_LABELS, STREAM_LABELS, WORDS } from './vocabulary.ts';

const REGEXPS = [
  'error|warn',
  '(?i)ERROR',
  '.*timeout.*',
  'level=(info|debug)',
  '^\\{',
  '\\d{3}',
  '5\\d\\d',
  '',
  '.*',
  '.+',
  'caf.',
  '[[:upper:]]{3}',
  '(?i)café',
  'a.b',
  '^$',
  'GET|POST|PUT',
  '"$',
  '(?s)two.lines',
  'u?ser',
];
/** Pieces of regular expressions: any row of them is one. */
const REGEXP_PIECES = [
  'e',
  'level',
  '=',
  '.',
  '.*',
  '.+',
  '\\d+',
  '\\s',
  '[a-m]+?',
  '[^"]',
  '(?:GET|POST)',
  '(in|er)fo?',
  'o{2}',
  '\\b',
  '(?i:ERR)',
  '\\.',
  'é?',
  '"',
  '$',
  '^',
];
const PATTERN_PIECES = ['<_>', '<_>', 'e', 'level', '=', ' ', '"', 'GET', '<', '>', '_', ':', '{', '日'];
const PATTERNS = ['<_>error<_>', '<_>GET <_>', 'level<_>', '<_>=<_>', '{<_>}', 'HTTP', '', '<_> - <_> [<_>', '<_>info'];
const ADDRESSES = ['10.0.0.1', '10.0.0.0/8', '192.168.4.0-192.168.4.9', '::1', 'fe80::/10', '1.2.3.4'];
const GROUPS = [
  '(?P<method>GET|POST) (?P<path>\\S+)',
  '^(?P<addr>[0-9.]+) - (?P<user_name>\\S+)',
  'level=(?P<level>\\w+)',
  '(?P<n>\\d+)(?P<ok>x)?',
  '(?P<env>dev|prod)',
];
const CAPTURES = [
  '<addr> - <user_name> [<_>] "<method> <path> <_>" <status> <n> <_>',
  '<level>=<_> <msg>',
  '{<_>:<msg>}',
  'level=<level> n=<n> <_>',
  '<_> "<method> <_>',
  '<env>=<msg>',
];
const PATHS: readonly (readonly [label: string, path: string])[] = [
  ['level', 'level'],
  ['uid', 'user.id'],
  ['user_name', 'user[\\"name\\"]'],
  ['n', 'n'],
  ['msg', 'msg'],
  ['env', 'env'],
  ['whole', 'user'],
  ['first', 'msg[0]'],
  ['deep', 'latency.a.b'],
  ['level', 'status'],
];

export function selectorText({ dice }: Generator): string {
  if (dice.chance(0.8)) return dice.pick(['{app=~".+"}', '{service_name!=""}', '{app=~".+", env=~".*"}']);
  const first = dice.pick([
    'app=~".+"',
    'app=~"api|web"',
    'app="api"',
    'app=~"api.*"',
    'env="prod"',
    'app="none"',
    'service_name!=""',
    'app=~"(?i)WEB|DB"',
  ]);
  const more = dice.list(0, dice.pick([0, 0, 1, 2]), () => {
    const name = dice.pick(Object.keys(STREAM_LABELS));
    const value = dice.pick(STREAM_LABELS[name]);
    const op = dice.pick(['=', '!=', '=~', '!~']);
    return `${name}${op}${JSON.stringify(op.endsWith('~') ? dice.pick(['.*', 'p.*', 'prod|dev', 'info', '.+']) : dice.pick([value, '']))}`;
  });
  return `{${[first, ...more].join(', ')}}`;
}

function regexpText({ dice }: Generator): string {
  return dice.chance(0.6) ? dice.pick(REGEXPS) : dice.list(1, 4, () => dice.pick(REGEXP_PIECES)).join('');
}

/** Two placeholders side by side are refused. */
function patternText({ dice }: Generator): string {
  if (dice.chance(0.6)) return dice.pick(PATTERNS);
  return dice
    .list(1, 6, () => dice.pick(PATTERN_PIECES))
    .join('')
    .replaceAll(/(<_>)+/g, '<_>');
}

function lineFilterText(generator: Generator): string {
  const { dice } = generator;
  const chain = (make: () => string): string => dice.list(1, dice.pick([1, 1, 1, 3]), make).join(' or ');
  return choose(
    generator,
    [
      [
        'lineFilters',
        () => `${dice.pick(['|=', '!='])} ${chain(() => quoted(dice, dice.pick([...WORDS, '']).toString()))}`,
      ],
      ['regexpFilters', () => `${dice.pick(['|~', '!~'])} ${chain(() => quoted(dice, regexpText(generator)))}`],
      ['patternFilters', () => `${dice.pick(['|>', '!>'])} ${chain(() => quoted(dice, patternText(generator)))}`],
      [
        'ipFilters',
        () =>
          `${dice.pick(['|=', '!='])} ip("${dice.pick(ADDRESSES)}")${dice.chance(0.2) ? ` or ${quoted(dice, dice.pick(WORDS))}` : ''}`,
      ],
    ],
    () => '|= "e"',
  );
}

export function parserText(generator: Generator): string {
  const { dice, has } = generator;
  return choose(
    generator,
    [
      ['json', () => '| json'],
      ['json', () => '| json'],
      ['logfmt', () => '| logfmt'],
      [
        'jsonPaths',
        () =>
          `| json ${dice
            .some(PATHS, 1, 3)
            .map(([label, path]) => (dice.chance(0.2) ? label : `${label}="${path}"`))
            .join(', ')}`,
      ],
      ['logfmt', () => `| logfmt${has('logfmtOptions') ? logfmtOptions(generator) : ''}`],
      ['regexp', () => `| regexp ${quoted(dice, dice.pick(GROUPS))}`],
      ['pattern', () => `| pattern ${quoted(dice, dice.pick(CAPTURES))}`],
      ['unpack', () => '| unpack'],
    ],
    () => '| logfmt',
  );
}

function logfmtOptions({ dice }: Generator): string {
  const flags = dice.some(['--strict', '--keep-empty'], 0, 2).map((flag) => ` ${flag}`);
  const names = dice.chance(0.4) ? dice.some(['level', 'n', 'uid="user_id"', 'env', 'msg', 'k="size"'], 1, 3) : [];
  return `${flags.join('')}${names.length > 0 ? ` ${names.join(', ')}` : ''}`;
}

function targets({ dice }: Generator): string {
  const names = [...PARSED_LABELS, 'app', 'env', 'detected_level', 'trace_id', '__error__', '__error_details__'];
  return dice
    .some(names, 1, 3)
    .map((name) =>
      dice.chance(0.3) ? `${name}${dice.pick(['="info"', '=~".*o.*"', '!="200"', '!~"a.*"', '=""'])}` : name,
    )
    .join(', ');
}

function stageText(generator: Generator): string {
  const { dice } = generator;
  return dice.one([
    () => lineFilterText(generator),
    () => parserText(generator),
    () => parserText(generator),
    () => `| ${labelFilterText(generator)}`,
    () => `| ${labelFilterText(generator)}`,
    () =>
      choose(
        generator,
        [
          ['lineFormat', () => formatText(generator, 'line')],
          ['labelFormat', () => formatText(generator, 'label')],
          ['decolorize', () => '| decolorize'],
          ['drop', () => `| drop ${targets(generator)}`],
          ['keep', () => `| keep ${targets(generator)}`],
        ],
        () => lineFilterText(generator),
      ),
  ]);
}

/** Up to six stages, often none. */
export function pipelineText(generator: Generator): string {
  const { dice } = generator;
  return dice.list(0, dice.pick([0, 1, 2, 2, 3, 4, 6]), () => stageText(generator)).join(' ');
}

/** A selector and a pipeline. */
export function logText(generator: Generator): string {
  const text = `${selectorText(generator)} ${pipelineText(generator)}`.trimEnd();
  return generator.has('spellings') && generator.dice.chance(0.1) ? `(${text})` : text;
}
