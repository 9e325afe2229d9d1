import type { LabelPair, Labels } from '../../src/common/labels.ts';
import type { StepGrid } from '../../planner/ir/metric.ts';
import type { QueryStatistics } from './query-statistics.ts';

export type QueryResult = LogResult | MetricResult;

/** Entries in the query's direction; ties as in facts 14 and 15. */
export interface LogResult {
  readonly kind: 'LogResult';
  readonly direction: 'forward' | 'backward';
  readonly rows: readonly LogRow[];
  readonly warnings: readonly string[];
  readonly statistics: QueryStatistics;
}

export interface LogRow {
  readonly timestampNs: bigint;
  readonly line: string;
  /** Final labels, by origin. Their union is the result stream's label set (facts 20 to 22). */
  readonly stream: readonly LabelPair[];
  readonly metadata: readonly LabelPair[];
  readonly parsed: readonly LabelPair[];
}

export interface MetricResult {
  readonly kind: 'MetricResult';
  readonly grid: StepGrid;
  /** `scalar`: a literal (fact 56). `vector`: series. */
  readonly type: 'scalar' | 'vector';
  /** In the order of the answer: by label set, unless the query sorts (fact 63). */
  readonly series: readonly Series[];
  readonly warnings: readonly string[];
  readonly statistics: QueryStatistics;
}

/** One value per step of the grid; a step without a sample has `present[i] === 0`. */
export interface Series {
  readonly labels: Labels;
  readonly values: Float64Array;
  readonly present: Uint8Array;
}
