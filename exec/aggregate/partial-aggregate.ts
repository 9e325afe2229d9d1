import type { Labels } from '../../src/common/labels.ts';
import type { GroupList } from './group-list.ts';

/**
 * What a worker found of a range aggregation, in a form that merges with others in any order. Row i of the columns
 * belongs to the series with number `group[i]` in `groups`. Columns may be longer than `count`.
 */
export type PartialAggregate = CellPartial | SamplePartial | ValuePartial | FailedPartial;

/** Accumulator states of non-empty (group, bucket) cells. */
export interface CellPartial {
  readonly kind: 'Cells';
  /** Empty where the coordinator has numbered the groups. */
  readonly groups: GroupList;
  readonly count: number;
  readonly group: Uint32Array;
  readonly bucket: Int32Array;
  readonly fields: readonly Float64Array[];
}

/** The samples themselves, for operations that need all of them in order. */
export interface SamplePartial {
  readonly kind: 'Samples';
  readonly groups: GroupList;
  readonly count: number;
  readonly group: Uint32Array;
  readonly timestamp: BigInt64Array;
  readonly rank: Uint32Array;
  readonly value: Float64Array;
}

/** The values of samples and the buckets that they lie in, for operations that need all of a window in any order. */
export interface ValuePartial {
  readonly kind: 'Values';
  readonly groups: GroupList;
  readonly count: number;
  readonly group: Uint32Array;
  readonly bucket: Uint32Array;
  readonly value: Float64Array;
}

/** The entry that fails the query (fact 49), in place of results. */
export interface FailedPartial {
  readonly kind: 'Failed';
  readonly count: 0;
  readonly timestampNs: bigint;
  /** The stream that it is stored in, and all its labels at the end of the pipeline, the error among them. */
  readonly groups: readonly [stream: Labels, series: Labels];
}
