import type { Runtime } from '../../common/runtime.ts';
import type { CommittedIndex } from '../../../storage/index/index-content.ts';
import type { CutFlusher } from './cut-flusher.ts';

/** What the ingester asks of the catalog of committed chunks, which has been loaded before. All of it is synchronous. */
export interface CommittedCatalog {
  /** Makes chunks visible to readers. */
  add(committed: readonly CommittedIndex[]): void;
  /** Whether the entries of this WAL record that fall on this UTC day are in a committed chunk. */
  isCommitted(tenant: string, walId: string, sequence: number, day: string): boolean;
  /** Newest committed timestamp of a stream, or undefined when it has none. */
  lastTimestampOf(tenant: string, streamKey: string): bigint | undefined;
}

export interface IngesterOptions {
  readonly runtime: Runtime;
  readonly catalog: CommittedCatalog;
  /** Closed by the ingester. */
  readonly flusher: CutFlusher;
  readonly walDirectory: string;
  /** Told of failed flushes, repaired damage and whatever else the operator should know. */
  report(error: unknown, context: { readonly action: string; readonly tenant?: string }): void;
  /**
   * Told when heads have let go of so many bytes of shared memory, whose entries are in these objects now; `openedAtMs` is
   * when the first of them came.
   */
  released?(bytes: number, committed: readonly CommittedIndex[], openedAtMs: number): void;
  /** Told, in the turn in which entries of a push become visible, their timestamps: the first `rowCount`. */
  visible?(tenant: string, timestamp: BigInt64Array, rowCount: number): void;
  readonly settings?: Partial<IngesterSettings>;
}

/** Sizes are bytes, durations milliseconds. */
export interface IngesterSettings {
  readonly walSync: 'always' | 'interval';
  readonly walSyncPeriodMs: number;
  readonly walSegmentBytes: number;
  /** At damage in the WAL: do not start, or keep what is readable and report the rest (docs/format/wal.md). */
  readonly walOnDamage: 'refuse' | 'repair';
  /** All heads together, with pushes on their way. */
  readonly headBytesMax: number;
  /** A tenant's head is cut when its open part holds this much. */
  readonly cutBytes: number;
  /** How long a push waits for room in the heads. */
  readonly pushWaitMs: number;
  /** Entries are flushed when they have been in the head for this long. */
  readonly ageMaxMs: number;
  /** A head that got nothing for this long is flushed. */
  readonly idleMs: number;
  readonly checkPeriodMs: number;
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  readonly flushOnClose: boolean;
}

export const INGESTER_DEFAULTS: IngesterSettings = {
  walSync: 'always',
  walSyncPeriodMs: 100,
  walSegmentBytes: 64 << 20,
  walOnDamage: 'refuse',
  headBytesMax: 192 << 20,
  cutBytes: 64 << 20,
  pushWaitMs: 5_000,
  ageMaxMs: 7_200_000,
  idleMs: 1_800_000,
  checkPeriodMs: 30_000,
  retryMinMs: 1_000,
  retryMaxMs: 60_000,
  flushOnClose: true,
};

/** Counted since the start; gauges are read from the ingester. */
export interface IngesterStatistics {
  pushes: number;
  entries: number;
  duplicates: number;
  refusedPushes: number;
  replayedRecords: number;
  replayedEntries: number;
  flushes: number;
  flushedEntries: number;
  flushFailures: number;
  streamsCreated: number;
}

/** At the start. */
export const NO_STATISTICS: Readonly<IngesterStatistics> = {
  pushes: 0,
  entries: 0,
  duplicates: 0,
  refusedPushes: 0,
  replayedRecords: 0,
  replayedEntries: 0,
  flushes: 0,
  flushedEntries: 0,
  flushFailures: 0,
  streamsCreated: 0,
};
