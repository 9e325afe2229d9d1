import type { WorkerGroups } from '../planner/physical/codec.ts';
import type { Labels } from '../src/common/labels.ts';
import type { ScanUnit } from '../src/common/scan-unit.ts';
import type { TimeRange } from '../src/common/time.ts';
import type { UnitReader } from '../storage/read/unit-reader.ts';
import type { QueryContext } from './operator.ts';
import type { ScanCounters } from './result/scan-counters.ts';

/** A unit that a scan works on. */
export interface OpenUnit {
  readonly unit: ScanUnit;
  readonly reader: UnitReader;
  /** Of entries with equal stream and timestamp, those in units of lower rank arrived earlier. */
  readonly rank: number;
}

/** Rows of the batch that a scan handed on last: batch row r is row `firstRow + r` of the unit. */
export interface ScanPosition extends OpenUnit {
  readonly firstRow: number;
}

/** What the operators of a fragment share in one worker. */
export interface FragmentContext extends QueryContext {
  /** Labels by query stream ordinal. */
  readonly streams: readonly Labels[];
  /** Where streams tell the groups of all rows, and labels do not matter; else null. */
  readonly groups: WorkerGroups | null;
  readonly counters: ScanCounters;
  /** Null before the first batch. Set by the scan. */
  position: ScanPosition | null;
  /** Rows of a scan's batch at most. */
  readonly batchRows: number;
  /** Present when a TopK with a limit or a range aggregation is the only reader of the rows. */
  readonly bound: TimeBound | null;
  /** Opens the next unit that nobody has taken; null when none is left. Other queries may run meanwhile. */
  nextUnit(): Promise<OpenUnit | null>;
  /** Opens a unit again. */
  openUnit(unit: ScanUnit): UnitReader;
}

/**
 * The worst timestamp that can still be in the answer, over all workers of the fragment: some worker holds `limit` rows
 * that are at least as good, or one that fails the query. Rows with the bound's own timestamp may still win a tie.
 */
export interface TimeBound {
  /** Tells that `limit` rows at or before (backward: at or after) this timestamp exist, or one with an error. */
  offer(timestampNs: bigint): void;
  /** The part of the range that can still contribute; possibly empty (end <= start). */
  narrow(range: TimeRange): TimeRange;
}
