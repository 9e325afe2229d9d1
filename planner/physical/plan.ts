import type { Labels } from '../../src/common/labels.ts';
import type { Matcher } from '../../src/common/matcher.ts';
import type { MinutesReport } from '../../src/common/minutes-answer.ts';
import type { PruneReport, Requirement } from '../../src/common/prune.ts';
import type { ScanUnit } from '../../src/common/scan-unit.ts';
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
import type { CountSource, Projection } from '../logical/plan.ts';
import type { CatalogStatistics } from './catalog.ts';

/**
 * How to compute it. A query is one root fragment, run by the coordinator, and one scan fragment per Scan of the
 * logical plan, run by querier workers; ExchangeSource reads what the workers' ExchangeSinks produced.
 */
export interface PhysicalPlan {
  readonly root: PhysicalNode;
  readonly fragments: readonly Fragment[];
  readonly estimate: Estimate;
}

/**
 * What one worker runs over many tasks; a task is one ScanUnit. Operators keep their state (heap, accumulators) across
 * the tasks of a worker and give their result when the worker is told that no task is left.
 */
export interface Fragment {
  readonly id: number;
  /** The top node is always an ExchangeSink, the leaf a ChunkScan. */
  readonly root: ExchangeSink;
  /** Query stream ordinal → labels. */
  readonly streams: readonly Labels[];
  /** In the order in which they should be read: for a TopK, the direction's first times first. */
  readonly units: readonly ScanUnit[];
  readonly estimate: Estimate;
  /** What the catalog said. Absent where the fragment was decoded: only the coordinator reports it. */
  readonly catalog?: CatalogStatistics;
  /** Which row groups are not read because they lack what the scan requires. Absent: nobody looked. */
  readonly pruning?: Pruning;
  /** What is known of minutes. Absent: nobody asked. */
  readonly minutes?: MinutesReport;
}

/** What was required of row groups, and what came of it. */
export interface Pruning {
  readonly requires: readonly Requirement[];
  readonly report: PruneReport;
}

/** What will be read at most. */
export interface Estimate {
  readonly streams: number;
  readonly units: number;
  readonly rows: number;
  readonly lineBytes: number;
  /** Pages that the projection needs, and their bytes as stored. */
  readonly pages: number;
  readonly pageBytes: number;
}

export type PhysicalNode = LogNode | MetricNode;

/** Rows. */
export type LogNode = ChunkScan | Pipe | TopK | Sample | ExchangeSink | ExchangeSource;

/** Series on a step grid. */
export type MetricNode =
  | RangeAggregate
  | VectorAggregate
  | BinaryOp
  | LabelReplace
  | NumberLiteral
  | VectorLiteral
  | Variants
  | ExchangeSink
  | ExchangeSource;

/** Every node has an id, unique within the plan: operator statistics refer to it. */
interface Base {
  readonly id: number;
}

/** Rows of the fragment's units in `range` that pass `predicates` (evaluated in order), with the projected columns. */
export interface ChunkScan extends Base {
  readonly kind: 'ChunkScan';
  readonly matchers: readonly Matcher[];
  readonly range: TimeRange;
  readonly predicates: readonly Stage[];
  readonly projection: Projection;
  readonly countFrom?: CountSource;
}

export interface Pipe extends Base {
  readonly kind: 'Pipe';
  readonly input: LogNode;
  readonly stage: Stage;
}

/** `limit` of a TopK that keeps every row: a sort. */
export const SORT_ALL = Number.MAX_SAFE_INTEGER;

/**
 * Best `limit` rows by time. Below an exchange it is each worker's own best; above, the merge of them. Ties: input order.
 * `late` are the columns that only survivors need (late materialization), on top of what the input has: fetched when a
 * unit's candidates are known.
 */
export interface TopK extends Base {
  readonly kind: 'TopK';
  readonly input: LogNode;
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
  readonly late: Projection;
}

export interface Sample extends Base {
  readonly kind: 'Sample';
  readonly input: LogNode;
  readonly intervalNs: bigint;
  /** The count starts anew at multiples of this since the epoch: Loki runs such parts as queries of their own (fact 12). */
  readonly splitNs?: bigint;
  readonly direction: 'forward' | 'backward';
}

/**
 * `Partial` (below the exchange) turns rows into mergeable accumulators per (group, step); `Final` merges them and
 * computes the values. A RangeAggregate of mode Final has an ExchangeSource as input.
 */
export interface RangeAggregate extends Base {
  readonly kind: 'RangeAggregate';
  readonly mode: 'Partial' | 'Final';
  readonly op: RangeAggregationOp;
  readonly parameter: number | null;
  readonly input: LogNode;
  readonly unwrap: Unwrap | null;
  readonly rangeNs: bigint;
  readonly offsetNs: bigint;
  readonly grouping: Grouping | null;
  readonly grid: StepGrid;
  /** Labels of the one series of absent_over_time (fact 40). */
  readonly absentLabels: Labels | null;
}

export interface VectorAggregate extends Base {
  readonly kind: 'VectorAggregate';
  readonly op: VectorAggregationOp;
  readonly parameter: number | null;
  readonly input: MetricNode;
  readonly grouping: Grouping | null;
}

export interface BinaryOp extends Base {
  readonly kind: 'BinaryOp';
  readonly op: BinaryOperator;
  readonly left: MetricNode;
  readonly right: MetricNode;
  readonly returnBool: boolean;
  readonly matching: VectorMatching | null;
}

export interface LabelReplace extends Base {
  readonly kind: 'LabelReplace';
  readonly input: MetricNode;
  readonly destination: string;
  readonly replacement: string;
  readonly source: string;
  readonly pattern: string;
}

export interface NumberLiteral extends Base {
  readonly kind: 'NumberLiteral';
  readonly value: number;
  readonly grid: StepGrid;
}

export interface VectorLiteral extends Base {
  readonly kind: 'VectorLiteral';
  readonly value: number;
  readonly grid: StepGrid;
}

export interface Variants extends Base {
  readonly kind: 'Variants';
  readonly variants: readonly MetricNode[];
}

/** Top of a fragment: hands its input's result to the fragment's reader. */
export interface ExchangeSink extends Base {
  readonly kind: 'ExchangeSink';
  readonly input: LogNode | MetricNode;
}

/** Reads the results of all workers of fragment `fragment`. */
export interface ExchangeSource extends Base {
  readonly kind: 'ExchangeSource';
  readonly fragment: number;
}
