import type { Matcher } from '../../src/common/matcher.ts';
import type { Requirement } from '../../src/common/prune.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type {
  BinaryOperator,
  Grouping,
  RangeAggregationOp,
  StepGrid,
  VectorAggregationOp,
  VectorMatching,
} from '../ir/metric.ts';
import type { Stage, Unwrap } from '../ir/stage.ts';

/** What to compute. Immutable; rules return new nodes. */
export type LogicalPlan = LogPlan | MetricPlan;

/** Yields rows: stream, timestamp, line, labels. */
export type LogPlan = Scan | Pipe | TopK | Sample;

/** Yields series on a step grid. */
export type MetricPlan =
  RangeAggregation | VectorAggregation | BinaryOp | LabelReplace | NumberLiteral | VectorLiteral | Variants;

/** Which columns of a row later nodes read. `labels`: names of metadata that may be needed, or 'all'. */
export interface Projection {
  readonly line: boolean;
  readonly metadata: 'all' | readonly string[];
}

/**
 * What rows are counted from instead of being read: `runs`, the statistics of a stream's rows in a row group, where they
 * all lie in one window; `minutes`, also the counts of each minute, where that lies in one window.
 */
export type CountSource = 'runs' | 'minutes';

/**
 * All entries of the selected streams in the range. `predicates` were pushed down: line filters and label filters over
 * stream labels and metadata, in the order in which they are evaluated.
 */
export interface Scan {
  readonly kind: 'Scan';
  readonly matchers: readonly Matcher[];
  readonly range: TimeRange;
  readonly predicates: readonly Stage[];
  readonly projection: Projection;
  /** What every entry that passes the predicates has. Absent: nothing is known. */
  readonly requires?: readonly Requirement[];
  /** Rows that only count may be counted from this. Absent: they are read. */
  readonly countFrom?: CountSource;
}

/** One pipeline stage. */
export interface Pipe {
  readonly kind: 'Pipe';
  readonly input: LogPlan;
  readonly stage: Stage;
}

/** The first `limit` entries in time order over all streams (fact 16). */
export interface TopK {
  readonly kind: 'TopK';
  readonly input: LogPlan;
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
  /** Columns that only survivors need, on top of the scan's projection. */
  readonly late: Projection;
}

/** `interval`: after an entry, the next one is at least `intervalNs` away, over all streams (fact 19). */
export interface Sample {
  readonly kind: 'Sample';
  readonly input: LogPlan;
  readonly intervalNs: bigint;
  /** The count starts anew at multiples of this since the epoch: Loki runs such parts as queries of their own (fact 12). */
  readonly splitNs?: bigint;
  readonly direction: 'forward' | 'backward';
}

export interface RangeAggregation {
  readonly kind: 'RangeAggregation';
  readonly op: RangeAggregationOp;
  readonly parameter: number | null;
  readonly input: LogPlan;
  readonly unwrap: Unwrap | null;
  readonly rangeNs: bigint;
  readonly offsetNs: bigint;
  /** null: series keep all final labels (fact 42). */
  readonly grouping: Grouping | null;
  readonly grid: StepGrid;
}

export interface VectorAggregation {
  readonly kind: 'VectorAggregation';
  readonly op: VectorAggregationOp;
  readonly parameter: number | null;
  readonly input: MetricPlan;
  readonly grouping: Grouping | null;
}

export interface BinaryOp {
  readonly kind: 'BinaryOp';
  readonly op: BinaryOperator;
  readonly left: MetricPlan;
  readonly right: MetricPlan;
  readonly returnBool: boolean;
  readonly matching: VectorMatching | null;
}

export interface LabelReplace {
  readonly kind: 'LabelReplace';
  readonly input: MetricPlan;
  readonly destination: string;
  readonly replacement: string;
  readonly source: string;
  readonly pattern: string;
}

/** A scalar: in an instant query a scalar result, in a range query one series `{}` (fact 56). */
export interface NumberLiteral {
  readonly kind: 'NumberLiteral';
  readonly value: number;
  readonly grid: StepGrid;
}

/** One series `{}` with a constant value (fact 58). */
export interface VectorLiteral {
  readonly kind: 'VectorLiteral';
  readonly value: number;
  readonly grid: StepGrid;
}

/** Each variant's series get `__variant__="index"` (fact 211). */
export interface Variants {
  readonly kind: 'Variants';
  readonly variants: readonly MetricPlan[];
}
