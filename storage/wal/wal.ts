import { SkaldError } from '../../src/common/errors.ts';
import type { File, Runtime } from '../../src/common/runtime.ts';
import { checksumOfParts } from './checksum.ts';
import type { EncodedPayload } from './entry-record.ts';
import { encodeFrame, FRAME_BYTES, frameSeed, PAYLOAD_BYTES_MAX, RECORD_ENTRIES } from './frame.ts';
import { replayWal } from './replay.ts';
import type { WalRecord } from './replay.ts';
import { createSegment, SEGMENT_HEADER_BYTES, segmentFile } from './segment.ts';
import { walUnavailable } from './wal-error.ts';

export interface WalOptions {
  readonly runtime: Runtime;
  readonly directory: string;
  /**
   * `always`: an append is acknowledged when it is on disk. `interval`: when it was handed to the operating system,
   * which survives the end of the process; a power failure loses up to `syncPeriodMs`.
   */
  readonly sync: 'always' | 'interval';
  readonly syncPeriodMs: number;
  readonly segmentBytesMax: number;
  readonly segmentAgeMaxMs: number;
  readonly onDamage: 'refuse' | 'repair';
  /** Told of damage that was repaired and of background syncs that failed. */
  report(error: SkaldError): void;
  /** Gets what is in the log, in order, before `open` resolves. */
  onRecord(record: WalRecord): Promise<void>;
}

export const WAL_DEFAULTS = {
  sync: 'always',
  syncPeriodMs: 100,
  segmentBytesMax: 64 << 20,
  segmentAgeMaxMs: 3_600_000,
  onDamage: 'refuse',
} as const;

/** Bytes that share one write and one sync, unless one record alone is larger. */
const GROUP_BYTES_MAX = 32 << 20;

/** Counted since the WAL was opened. */
export interface WalStatistics {
  records: number;
  bytes: number;
  groups: number;
  syncs: number;
  failures: number;
}

interface Pending {
  readonly payload: EncodedPayload;
  readonly checksum: number;
  readonly onDurable: (sequence: number) => void;
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: unknown) => void;
}

interface Sealed {
  readonly number: number;
  readonly nextSequence: number;
  readonly sizeBytes: number;
}

/** The segment that is being written. */
interface Active {
  readonly file: File;
  readonly number: number;
  readonly firstSequence: number;
  readonly createdAtMs: number;
  /** Bytes of complete records. What lies behind was not acknowledged. */
  writtenBytes: number;
  syncedBytes: number;
  /** There may be bytes behind `writtenBytes`. */
  isDirty: boolean;
  /** A sync failed: what the file system does with this file from now on is not known. */
  isSuspect: boolean;
}

/**
 * The write-ahead log of one process (docs/format/wal.md). Appends that arrive while a sync runs share the next one.
 */
export class Wal {
  /** Identity of the records that this process appends. */
  readonly walId: string;
  readonly statistics: WalStatistics = { records: 0, bytes: 0, groups: 0, syncs: 0, failures: 0 };
  readonly #options: WalOptions;
  readonly #sealed: Sealed[];
  readonly #seed: number;
  #active: Active;
  #nextSequence: number;
  #queue: Pending[] = [];
  #committing: Promise<void> | null = null;
  /** Tail of the work on files, which is done one piece at a time. */
  #tail: Promise<void> = Promise.resolve();
  #isClosed = false;
  readonly #stopSyncing: () => void;

  private constructor(options: WalOptions, walId: string, sealed: Sealed[], active: Active) {
    this.#options = options;
    this.walId = walId;
    this.#seed = frameSeed(walId);
    this.#sealed = sealed;
    this.#active = active;
    this.#nextSequence = active.firstSequence;
    this.#stopSyncing =
      options.sync === 'interval'
        ? options.runtime.timers.every(options.syncPeriodMs, () => void this.#syncInBackground())
        : () => undefined;
  }

  /** Replays what is there and begins a new segment. Errors: `corruption`, `unsupported_version`, `unavailable`. */
  static async open(options: WalOptions): Promise<Wal> {
    const { runtime, directory, onDamage } = options;
    const { files } = runtime;
    await files.makeDirectory(directory);
    const sealed = await replayWal({
      files,
      directory,
      onDamage,
      report: (damage) => options.report(damage),
      onRecord: (record) => options.onRecord(record),
    });
    const last = sealed.at(-1);
    const walId = Buffer.from(runtime.random.bytes(16)).toString('hex');
    try {
      const active = await beginSegment(options, walId, (last?.number ?? 0) + 1, last?.nextSequence ?? 1);
      return new Wal(options, walId, sealed, active);
    } catch (error) {
      throw walUnavailable(error, directory);
    }
  }

  /** Bytes of all segments. */
  get sizeBytes(): number {
    return this.#sealed.reduce((sum, segment) => sum + segment.sizeBytes, this.#active.writtenBytes);
  }

  /** Sequence number that the next acknowledged record gets. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  /**
   * Appends a record. When it is acknowledged, `onDurable` is called synchronously, in the order of sequence numbers,
   * and then the promise resolves. Errors: `unavailable` when it could not be stored; it then is not in the log.
   */
  append(payload: EncodedPayload, onDurable: (sequence: number) => void): Promise<number> {
    if (this.#isClosed) return Promise.reject(new SkaldError('unavailable', 'Cannot append to the WAL: it is closed'));
    if (payload.byteLength > PAYLOAD_BYTES_MAX) {
      const size = `${payload.byteLength} bytes, expected at most ${PAYLOAD_BYTES_MAX}`;
      return Promise.reject(new SkaldError('too_large', `Cannot append to the WAL: the push has ${size}`));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ payload, checksum: checksumOfParts(payload.parts), onDurable, resolve, reject });
      this.#committing ??= this.#commitQueue();
    });
  }

  /** Resolves when all acknowledged records are on disk. */
  async sync(): Promise<void> {
    await this.#exclusive(() => this.#syncActive());
  }

  /** Removes segments all of whose records have a sequence number below `neededSequence`. */
  async truncate(neededSequence: number): Promise<void> {
    await this.#exclusive(async () => {
      const hasRecords = this.#nextSequence > this.#active.firstSequence;
      if (hasRecords && neededSequence >= this.#nextSequence) await this.#rotate();
      const { files } = this.#options.runtime;
      for (let oldest = this.#sealed[0]; oldest !== undefined; oldest = this.#sealed[0]) {
        if (oldest.nextSequence > neededSequence) break;
        await files.remove(segmentFile(this.#options.directory, oldest.number));
        await files.syncDirectory(this.#options.directory);
        this.#sealed.shift();
      }
    });
  }

  /** Refuses further appends; those before it are acknowledged or refused when it resolves. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopSyncing();
    await this.#committing;
    await this.#exclusive(async () => {
      try {
        if (this.#active.isDirty) await this.#cutBack();
        await this.#syncActive();
      } finally {
        await this.#active.file.close();
      }
    });
  }

  async #exclusive(work: () => Promise<void>): Promise<void> {
    const run = this.#tail.then(work);
    this.#tail = run.catch(() => undefined);
    await run;
  }

  /** Runs while there is something in the queue. Never rejects. */
  async #commitQueue(): Promise<void> {
    // Lets the appends of this turn join the first group.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      await this.#exclusive(() => this.#commitGroup(this.#takeGroup()));
    }
    this.#committing = null;
  }

  #takeGroup(): Pending[] {
    let bytes = 0;
    let count = 0;
    for (const { payload } of this.#queue) {
      bytes += FRAME_BYTES + payload.byteLength;
      if (count > 0 && bytes > GROUP_BYTES_MAX) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #commitGroup(group: readonly Pending[]): Promise<void> {
    try {
      await this.#prepareSegment();
      await this.#writeGroup(group);
    } catch (error) {
      this.statistics.failures += 1;
      const refusal = walUnavailable(error, this.#options.directory);
      for (const { reject } of group) reject(refusal);
      return;
    }
    for (const pending of group) acknowledge(pending, this.#nextSequence++);
  }

  /** Makes the active segment one that may be written behind `writtenBytes`. */
  async #prepareSegment(): Promise<void> {
    if (this.#active.isDirty) await this.#cutBack();
    const { clock } = this.#options.runtime;
    const isOld = clock.monotonicMs() - this.#active.createdAtMs >= this.#options.segmentAgeMaxMs;
    const isFull = this.#active.writtenBytes >= this.#options.segmentBytesMax;
    const hasRecords = this.#nextSequence > this.#active.firstSequence;
    if (this.#active.isSuspect || isFull || (isOld && hasRecords)) await this.#rotate();
  }

  async #writeGroup(group: readonly Pending[]): Promise<void> {
    const active = this.#active;
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for (const [index, { payload, checksum }] of group.entries()) {
      const fields = {
        payloadBytes: payload.byteLength,
        payloadChecksum: checksum,
        type: RECORD_ENTRIES,
        sequence: this.#nextSequence + index,
        durableOffset: active.syncedBytes,
      };
      const frame = encodeFrame(fields, this.#seed);
      parts.push(frame, ...payload.parts);
      bytes += frame.length + payload.byteLength;
    }
    active.isDirty = true;
    await active.file.write(parts, active.writtenBytes);
    if (this.#options.sync === 'always') await this.#datasync(active.writtenBytes + bytes);
    active.writtenBytes += bytes;
    active.isDirty = false;
    this.statistics.groups += 1;
    this.statistics.records += group.length;
    this.statistics.bytes += bytes;
  }

  async #datasync(bytes: number): Promise<void> {
    try {
      await this.#active.file.datasync();
    } catch (error) {
      this.#active.isSuspect = true;
      throw error;
    }
    this.#active.syncedBytes = bytes;
    this.statistics.syncs += 1;
  }

  async #syncActive(): Promise<void> {
    if (this.#active.syncedBytes < this.#active.writtenBytes) await this.#datasync(this.#active.writtenBytes);
  }

  async #syncInBackground(): Promise<void> {
    try {
      await this.sync();
    } catch (error) {
      this.statistics.failures += 1;
      this.#options.report(walUnavailable(error, this.#options.directory));
    }
  }

  /** Removes what a failed group left behind, before anything else is written. */
  async #cutBack(): Promise<void> {
    await this.#active.file.truncate(this.#active.writtenBytes);
    await this.#active.file.datasync();
    this.#active.isDirty = false;
  }

  /** Closes the active segment, synced, and begins the next. */
  async #rotate(): Promise<void> {
    if (this.#active.isDirty) await this.#cutBack();
    await this.#syncActive();
    const old = this.#active;
    const number = old.number + 1;
    // An earlier attempt may have got as far as the name.
    await this.#options.runtime.files.remove(segmentFile(this.#options.directory, number));
    this.#active = await beginSegment(this.#options, this.walId, number, this.#nextSequence);
    this.#sealed.push({ number: old.number, nextSequence: this.#nextSequence, sizeBytes: old.writtenBytes });
    await old.file.close();
  }
}

function acknowledge(pending: Pending, sequence: number): void {
  try {
    pending.onDurable(sequence);
    pending.resolve(sequence);
  } catch (error) {
    pending.reject(error);
  }
}

async function beginSegment(
  options: WalOptions,
  walId: string,
  number: number,
  firstSequence: number,
): Promise<Active> {
  const { files, clock } = options.runtime;
  await createSegment(files, options.directory, { walId, number, firstSequence });
  const file = await files.open(segmentFile(options.directory, number), 'r+');
  return {
    file,
    number,
    firstSequence,
    createdAtMs: clock.monotonicMs(),
    writtenBytes: SEGMENT_HEADER_BYTES,
    syncedBytes: SEGMENT_HEADER_BYTES,
    isDirty: false,
    isSuspect: false,
  };
}
