import { LEVEL_LABEL } from '../../src/common/level-label.ts';
import type { RangeAggregationOp, StepGrid } from '../ir/metric.ts';
import type { LabelPredicate, Stage } from '../ir/stage.ts';
import type { CountSource, Projection } from './plan.ts';

/** A range aggregation, logical or physical, as far as this is concerned. */
export interface CountingAggregation {
  readonly op: RangeAggregationOp;
  readonly unwrap: unknown;
  readonly rangeNs: bigint;
  readonly grid: StepGrid;
  readonly input: {
    readonly kind: string;
    readonly predicates?: readonly Stage[];
    readonly projection?: Projection;
  };
}

const NS_PER_MINUTE = 60_000_000_000n;

/** Need no more of rows than how many there are, or the bytes of their lines. */
const COUNTING: ReadonlySet<RangeAggregationOp> = new Set<RangeAggregationOp>([
  'count_over_time',
  'rate',
  'bytes_over_time',
  'bytes_rate',
  'absent_over_time',
]);

export function isCounting({ op, unwrap }: Pick<CountingAggregation, 'op' | 'unwrap'>): boolean {
  return COUNTING.has(op) && unwrap === null;
}

/** Why the rows of a counting aggregation have to be read one by one; null when they need not. */
export function countObstacle({ input }: CountingAggregation): string | null {
  const { predicates, projection } = input;
  if (predicates === undefined || projection === undefined) return 'a stage changes or filters rows';
  if (!predicates.every(isLevelFilter)) return 'rows are filtered';
  const { metadata } = projection;
  // Metadata that only gets the name where a stream has a label of it (spec fact 122).
  const renamed = metadata === 'all' ? undefined : metadata.find((name) => name.endsWith('_extracted'));
  return renamed === undefined ? null : `rows differ by ${renamed}`;
}

/** A label filter that looks at nothing but the level, which the index counts by. */
function isLevelFilter(stage: Stage): boolean {
  return stage.kind === 'LabelFilter' && isOfLevel(stage.predicate);
}

function isOfLevel(predicate: LabelPredicate): boolean {
  if (predicate.kind === 'And' || predicate.kind === 'Or')
    return isOfLevel(predicate.left) && isOfLevel(predicate.right);
  return predicate.kind === 'String' && predicate.matcher.name === LEVEL_LABEL;
}

export function countSource(node: CountingAggregation): CountSource | null {
  if (!isCounting(node) || countObstacle(node) !== null) return null;
  return hasMinutes(node) ? 'minutes' : 'runs';
}

/** Whether a minute can lie between two borders of windows. */
export function hasMinutes({ rangeNs, grid: { stepNs } }: Pick<CountingAggregation, 'rangeNs' | 'grid'>): boolean {
  return rangeNs >= NS_PER_MINUTE && (stepNs === 0n || stepNs >= NS_PER_MINUTE);
}
