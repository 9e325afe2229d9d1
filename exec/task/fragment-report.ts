import type { OperatorProbe } from '../operators/instrumented.ts';
import type { ScanCounters } from '../result/scan-counters.ts';

/** What one worker tells about its part of a fragment when it has finished. Plain data. */
export interface FragmentReport {
  readonly fragment: number;
  readonly worker: number;
  readonly counters: ScanCounters;
  /** By node id; empty unless the query is analyzed. */
  readonly probes: ReadonlyMap<number, OperatorProbe>;
  /** Units that this worker took. */
  readonly tasks: number;
  /** Without waiting for its turn. */
  readonly busyMs: number;
  readonly peakBytes: number;
}
