import { choose, type Generator } from './generator.ts';
import { labelFilterText } from './label-filter-text.ts';
import { logRangeText, type LogRangeParts } from './log-range-text.ts';
import { parserText, pipelineText, selectorText } from './stage-text.ts';

const COUNTING = ['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate'];
const UNWRAPPING = [
  'sum_over_time',
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'stdvar_over_time',
  'stddev_over_time',
  'quantile_over_time',
  'first_over_time',
  'last_over_time',
  'rate',
  'rate_counter',
];
/** Those that Loki does not let group. */
const UNGROUPED = ['rate', 'rate_counter', 'sum_over_time'];
const GROUP_LABELS = [
  'app',
  'env',
  'pod',
  'level',
  'status',
  'detected_level',
  'user_id',
  'n',
  'trace_id',
  'missing',
  'level_extracted',
];

function grouping({ dice, has }: Generator): string {
  const names = dice.some([...GROUP_LABELS, ...(has('errorFilters') ? ['__error__'] : [])], dice.pick([0, 1, 1]), 3);
  return `${dice.pick(['by', 'by', 'without'])} (${names.join(', ')})`;
}

/** Keeps most queries from failing: an error anywhere fails all of a metric query. */
function safety(generator: Generator): string {
  return generator.dice.chance(0.6) ? ' | __error__=""' : '';
}

function logRangeParts(generator: Generator): LogRangeParts {
  const pipeline = `${pipelineText(generator)}${safety(generator)}`.trimStart();
  return { selector: selectorText(generator), pipeline, unwrapping: '' };
}

function countingText(generator: Generator): string {
  const op = generator.has('absent') && generator.dice.chance(0.1) ? 'absent_over_time' : generator.dice.pick(COUNTING);
  return `${op}(${logRangeText(generator, logRangeParts(generator))})`;
}

function unwrapText(generator: Generator): string {
  const { dice, has } = generator;
  const op = dice.pick(UNWRAPPING);
  const label = dice.pick(['n', 'n', 'n', 'latency', 'status', 'dur', 'dur', 'size', 'user_id', 'duration_ms', 'msg']);
  const conversion = { dur: 'duration', size: 'bytes', latency: 'duration_seconds' }[label];
  const unwrapped =
    has('conversions') && conversion !== undefined && dice.chance(0.7) ? `${conversion}(${label})` : label;
  const post = has('postFilters') && dice.chance(0.3) ? ` | ${labelFilterText(generator)}` : '';
  const parser = dice.chance(0.7) ? dice.pick(['| logfmt', '| json', '| logfmt', '']) : parserText(generator);
  const log = logRangeText(generator, {
    selector: selectorText(generator),
    pipeline: `${pipelineText(generator)} ${parser}`.trim(),
    unwrapping: `| unwrap ${unwrapped}${post}${safety(generator)}`,
  });
  const parameter = op === 'quantile_over_time' ? `${dice.pick(['0', '0.5', '0.99', '1', '1.5'])}, ` : '';
  const group = has('rangeGrouping') && !UNGROUPED.includes(op) && dice.chance(0.5) ? ` ${grouping(generator)}` : '';
  return `${op}(${parameter}${log})${group}`;
}

function rangeAggregationText(generator: Generator): string {
  const { dice, has } = generator;
  return has('unwrap') && dice.chance(0.5) ? unwrapText(generator) : countingText(generator);
}

function aggregationText(generator: Generator, depth: number): string {
  const { dice } = generator;
  const op = dice.pick(['sum', 'sum', 'sum', 'avg', 'min', 'max', 'count', 'stddev', 'stdvar']);
  const group = dice.chance(0.8) ? grouping(generator) : '';
  const input = metricText(generator, depth + 1);
  return dice.chance(0.5) ? `${op} ${group} (${input})` : `${op}(${input}) ${group}`;
}

function topText(generator: Generator, depth: number): string {
  const { dice } = generator;
  const group = dice.chance(0.3) ? ` ${grouping(generator)}` : '';
  const op = group === '' && dice.chance(0.1) ? 'approx_topk' : dice.pick(['topk', 'bottomk']);
  const input = `(${dice.int(1, 4)}, ${metricText(generator, depth + 1)})`;
  return dice.chance(0.5) ? `${op}${input}${group}` : `${op}${group}${input}`;
}

function matchingText(generator: Generator): string {
  const { dice, has } = generator;
  if (!has('matching') || dice.chance(0.5)) return '';
  const names = dice.some(['app', 'env', 'level'], 0, 2).join(', ');
  const group = dice.chance(0.4)
    ? ` ${dice.pick(['group_left', 'group_right'])}${dice.chance(0.7) ? ` (${dice.some(['env', 'pod'], 0, 2).join(', ')})` : ''}`
    : '';
  return `${dice.pick(['on', 'ignoring'])} (${names})${group} `;
}

function binaryText(generator: Generator, depth: number): string {
  const { dice, has } = generator;
  const side = (): string => metricText(generator, depth + 1);
  if (has('sets') && dice.chance(0.3)) {
    const matching =
      has('matching') && dice.chance(0.4) ? `${dice.pick(['on', 'ignoring'])} (${dice.pick(['app', 'env'])}) ` : '';
    return `(${side()}) ${dice.pick(['and', 'or', 'unless'])} ${matching}(${side()})`;
  }
  const op =
    has('comparisons') && dice.chance(0.4)
      ? `${dice.pick(['==', '!=', '>', '>=', '<', '<='])}${dice.chance(0.3) ? ' bool' : ''}`
      : dice.pick(['+', '-', '*', '/', '%', '^']);
  if (has('literals') && dice.chance(0.4)) {
    const literal = dice.pick(['0', '2', '0.5', '-1', '100', '+3']);
    return dice.chance(0.5) ? `(${side()}) ${op} ${literal}` : `${literal} ${op} (${side()})`;
  }
  // Both sides of the same query: that is how samples meet.
  const left = side();
  const right = dice.chance(0.5) ? left : side();
  return `(${left}) ${op} ${matchingText(generator)}(${right})`;
}

function labelReplaceText(generator: Generator, depth: number): string {
  const { dice } = generator;
  const replacement = dice.pick(['$1', 'x-$1', '', '${1}y', '$name']);
  const pattern = dice.pick(['(.*)', 'p-(.*)', '(?P<name>a.*)', 'none', '']);
  const source = dice.pick(['app', 'pod', 'level', 'missing']);
  return `label_replace(${metricText(generator, depth + 1)}, "${dice.pick(['app', 'fresh', 'env'])}", "${replacement}", "${source}", "${pattern}")`;
}

/** Metrics over one log range. */
function variantsText(generator: Generator): string {
  const parts = logRangeParts(generator);
  const variants = generator.dice.list(1, 3, () => {
    const text = `${generator.dice.pick(COUNTING)}(${logRangeText(generator, parts)})`;
    return generator.dice.chance(0.5) ? text : `sum ${grouping(generator)} (${text})`;
  });
  return `variants(${variants.join(', ')}) of (${logRangeText(generator, parts)})`;
}

export function metricText(generator: Generator, depth = 0): string {
  const { dice, has } = generator;
  if (depth === 0 && has('variants') && dice.chance(0.05)) return variantsText(generator);
  if (has('spellings') && dice.chance(0.05)) return `(${metricText(generator, depth)})`;
  if (has('literals') && dice.chance(0.02)) return dice.pick(['vector(1)', 'vector(0)', '3', '-2', '+1']);
  if (depth > 2 || dice.chance(depth === 0 ? 0.3 : 0.5)) return rangeAggregationText(generator);
  return choose(
    generator,
    [
      ['vectorAggregations', () => aggregationText(generator, depth)],
      ['vectorAggregations', () => aggregationText(generator, depth)],
      ['topk', () => topText(generator, depth)],
      ['sort', () => `${dice.pick(['sort', 'sort_desc'])}(${metricText(generator, depth + 1)})`],
      ['binary', () => binaryText(generator, depth)],
      ['labelReplace', () => labelReplaceText(generator, depth)],
    ],
    () => rangeAggregationText(generator),
  );
}
