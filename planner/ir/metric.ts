/** Names shared by logical and physical metric nodes. */
export type RangeAggregationOp =
  | 'count_over_time'
  | 'rate'
  | 'rate_counter'
  | 'bytes_over_time'
  | 'bytes_rate'
  | 'avg_over_time'
  | 'sum_over_time'
  | 'min_over_time'
  | 'max_over_time'
  | 'stdvar_over_time'
  | 'stddev_over_time'
  | 'quantile_over_time'
  | 'first_over_time'
  | 'last_over_time'
  | 'absent_over_time';

export type VectorAggregationOp =
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'count'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'approx_topk'
  | 'sort'
  | 'sort_desc';

export type BinaryOperator =
  '+' | '-' | '*' | '/' | '%' | '^' | '==' | '!=' | '>' | '>=' | '<' | '<=' | 'and' | 'or' | 'unless';

/** `by` (without = false) keeps only `names`, `without` drops them. */
export interface Grouping {
  readonly without: boolean;
  readonly names: readonly string[];
}

export interface VectorMatching {
  readonly on: boolean;
  readonly names: readonly string[];
  readonly group: 'left' | 'right' | null;
  readonly include: readonly string[];
}

/**
 * Evaluation times `start, start + step, ... <= end` in nanoseconds (fact 29). An instant query is one point with
 * step 0. Windows are `(t - offset - range, t - offset]` (fact 30).
 */
export interface StepGrid {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly stepNs: bigint;
}

export function stepCount(grid: StepGrid): number {
  return grid.stepNs === 0n ? 1 : Number((grid.endNs - grid.startNs) / grid.stepNs) + 1;
}

/** The last evaluation time: `endNs` unless the steps miss it. */
export function lastStepNs(grid: StepGrid): bigint {
  return grid.startNs + BigInt(stepCount(grid) - 1) * grid.stepNs;
}
