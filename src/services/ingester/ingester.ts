import { SkaldError } from '../../common/errors.ts';
import type { Labels } from '../../common/labels.ts';
import { formatBytes } from '../../common/bytes.ts';
import type { EntryBatch } from '../../../storage/head/entry-batch.ts';
import type { HeadGroup } from '../../../storage/head/head-group.ts';
import type { HeadView } from '../../../storage/head/head-view.ts';
import { LEVELS_MAX } from '../../../storage/head/tenant-head.ts';
import type { TenantHead, TenantHeadOptions } from '../../../storage/head/tenant-head.ts';
import type { CommittedIndex } from '../../../storage/index/index-content.ts';
import { encodeEntries } from '../../../storage/wal/entry-record.ts';
import type { WalRecord } from '../../../storage/wal/replay.ts';
import { Wal, WAL_DEFAULTS } from '../../../storage/wal/wal.ts';
import type { WalStatistics } from '../../../storage/wal/wal.ts';
import { lockDirectory } from './directory-lock.ts';
import type { DirectoryLock } from './directory-lock.ts';
import { HeadBudget } from './head-budget.ts';
import { INGESTER_DEFAULTS, NO_STATISTICS } from './ingester-options.ts';
import type { IngesterOptions, IngesterSettings, IngesterStatistics } from './ingester-options.ts';
import { Publications } from './published-rows.ts';
import type { FlushContext } from './tenant-flusher.ts';
import { TenantHeads } from './tenant-heads.ts';
import type { TenantState } from './tenant-state.ts';
import { uncommittedRows } from './uncommitted-rows.ts';
import { WriteHistory } from './write-history.ts';

/** When open groups hold this part of the budget, the largest is cut: room is made before pushes must wait. */
const PRESSURE_PART = 1 / 2;
/** The WAL may be this many times the heads' budget; then the group that holds the oldest record is cut. */
const WAL_FACTOR = 4;

/** Owns the WAL and the heads: makes pushes durable and visible, and flushes them to the object store. */
export class Ingester {
  readonly statistics: IngesterStatistics = { ...NO_STATISTICS };
  /** Tells what becomes visible; replayed entries are not announced. */
  readonly publications = new Publications();
  /** Which times pushes wrote to; replayed entries are not among it. */
  readonly writes = new WriteHistory();
  readonly #options: IngesterOptions;
  readonly #settings: IngesterSettings;
  readonly #lock: DirectoryLock;
  readonly #budget: HeadBudget;
  readonly #tenants: TenantHeads;
  readonly #inflight = new Set<Promise<void>>();
  readonly #seed: number;
  readonly #ownWals = new Set<string>();
  /** Null while the WAL is replayed. */
  #wal: Wal | null = null;
  #blockCount = 0;
  #lastFlushError: string | null = null;
  #truncating: Promise<void> | null = null;
  #stopChecking: () => void = () => undefined;
  #isClosing = false;
  /** A broken invariant between WAL and heads: nothing more is acknowledged, and no WAL record is removed. */
  #fatal: unknown = null;

  private constructor(options: IngesterOptions, lock: DirectoryLock) {
    this.#options = options;
    this.#settings = { ...INGESTER_DEFAULTS, ...options.settings };
    this.#lock = lock;
    this.#seed = Buffer.from(options.runtime.random.bytes(4)).readInt32LE(0);
    const { timers } = options.runtime;
    const { headBytesMax, pushWaitMs, retryMinMs, retryMaxMs } = this.#settings;
    this.#budget = new HeadBudget({
      bytesMax: headBytesMax,
      waitMs: pushWaitMs,
      timers,
      reason: () => this.#flushState(),
    });
    this.#tenants = new TenantHeads((tenant) => this.#headOptions(tenant), {
      timers,
      retryMinMs,
      retryMaxMs,
      write: (cut, committed) => this.#write(cut, committed),
      commit: (head, group, committed) => this.#commit(head, group, committed),
      onFailure: (tenant, error) => this.#onFlushFailure(tenant, error),
    });
  }

  /**
   * Locks the WAL's directory and replays it: resolves when every acknowledged entry is visible again. Errors:
   * `bad_config` when another process has the directory, `corruption`, `unsupported_version`, `unavailable`.
   */
  static async open(options: IngesterOptions): Promise<Ingester> {
    await options.runtime.files.makeDirectory(options.walDirectory);
    const ingester = new Ingester(options, lockDirectory(options.walDirectory));
    try {
      await ingester.#openWal();
    } catch (error) {
      await ingester.#shutDown();
      throw error;
    }
    const { checkPeriodMs } = ingester.#settings;
    ingester.#stopChecking = options.runtime.timers.every(checkPeriodMs, () => ingester.#check());
    ingester.#truncateWal();
    return ingester;
  }

  /** Tenants with entries that are not flushed. */
  tenants(): string[] {
    return this.#tenants.withEntries();
  }

  /** What is not committed of a tenant, or null. Take the catalog's committed chunks in the same synchronous turn. */
  view(tenant: string): HeadView | null {
    return this.#tenants.find(tenant)?.head.view() ?? null;
  }

  /** Streams of a tenant that the head knows. */
  streamCount(tenant: string): number {
    return this.#tenants.find(tenant)?.head.streamCount ?? 0;
  }

  hasStream(tenant: string, labels: Labels): boolean {
    return this.#tenants.find(tenant)?.head.hasStream(labels) ?? false;
  }

  *heads(): Iterable<TenantHead> {
    for (const { head } of this.#tenants) yield head;
  }

  get memoryEntries(): number {
    return this.#tenants.sum((head) => head.rowCount);
  }

  /** Cuts that wait for their commit. */
  get flushQueueLength(): number {
    return this.#tenants.sum((head) => head.groups.length - (head.open === null ? 0 : 1));
  }

  /** Whether records of this WAL are, or were at the start, in the heads of this process. */
  ownsWal(walId: string): boolean {
    return this.#ownWals.has(walId);
  }

  get headBytes(): number {
    return this.#budget.headBytes;
  }

  get waitingPushes(): number {
    return this.#budget.waitingPushes;
  }

  get walBytes(): number {
    return this.#wal?.sizeBytes ?? 0;
  }

  get walStatistics(): Readonly<WalStatistics> | null {
    return this.#wal?.statistics ?? null;
  }

  /**
   * Resolves when the batch is durable and visible. The batch must not change any more. Errors: `unavailable` when it
   * cannot be stored now: no space on the disk, heads full, shutting down; none of it was stored then.
   */
  async push(tenant: string, batch: EntryBatch): Promise<void> {
    if (batch.rowCount === 0) return;
    const push = this.#push(tenant, batch);
    const settled = push.then(
      () => undefined,
      () => undefined,
    );
    this.#inflight.add(settled);
    try {
      await push;
      this.statistics.pushes += 1;
    } catch (error) {
      this.statistics.refusedPushes += 1;
      throw error;
    } finally {
      this.#inflight.delete(settled);
    }
  }

  /** Cuts all heads; resolves when all that was pushed before is committed. Rejects when an attempt fails; it is retried. */
  async flush(): Promise<void> {
    const flushed: Promise<void>[] = [];
    for (const state of this.#tenants) {
      this.#tenants.cut(state);
      flushed.push(state.flusher.flushed());
    }
    const results = await Promise.allSettled(flushed);
    await this.#truncating;
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  /** Whether it takes no more pushes, because it is, or was, closed. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Refuses further pushes, finishes those under way, and flushes if told to (the settings say): the WAL has the rest. */
  async close(flush = this.#settings.flushOnClose): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#budget.refuseWaiting(new SkaldError('unavailable', 'Cannot accept the push: the process is shutting down'));
    await Promise.all(this.#inflight);
    if (flush) {
      try {
        await this.flush();
      } catch (error) {
        this.#options.report(error, { action: 'flush at shutdown' });
      }
    }
    await this.#shutDown();
  }

  async #shutDown(): Promise<void> {
    this.#isClosing = true;
    this.#stopChecking();
    try {
      await Promise.all([...this.#tenants].map(({ flusher }) => flusher.stop()));
      await this.#options.flusher.close();
      await this.#truncating;
      await this.#wal?.close();
    } finally {
      this.#lock.release();
    }
  }

  async #openWal(): Promise<void> {
    const { walSync, walSyncPeriodMs, walSegmentBytes, walOnDamage } = this.#settings;
    this.#wal = await Wal.open({
      ...WAL_DEFAULTS,
      runtime: this.#options.runtime,
      directory: this.#options.walDirectory,
      sync: walSync,
      syncPeriodMs: walSyncPeriodMs,
      segmentBytesMax: walSegmentBytes,
      onDamage: walOnDamage,
      report: (error) => this.#options.report(error, { action: 'write-ahead log' }),
      onRecord: (record) => this.#replay(record),
    });
    this.#ownWals.add(this.#wal.walId);
  }

  /** Puts back what no committed index covers. */
  async #replay({ tenant, walId, sequence, batch }: WalRecord): Promise<void> {
    this.statistics.replayedRecords += 1;
    this.#ownWals.add(walId);
    const { catalog } = this.#options;
    const rows = uncommittedRows(batch, (day) => catalog.isCommitted(tenant, walId, sequence, day));
    if (rows === null) return;
    const state = await this.#enter(tenant, rows);
    this.statistics.replayedEntries += this.#append(state, rows, walId, sequence);
    this.#tenants.leave(state, rows);
    // What does not fit is flushed on the way; without a store that takes it, the process cannot start.
    if (this.#budget.headBytes > this.#settings.headBytesMax) await this.flush();
  }

  async #push(tenant: string, batch: EntryBatch): Promise<void> {
    this.#refuseIfNotOpen();
    const payload = encodeEntries(tenant, batch);
    const reserved = this.#budget.reserve(payload.byteLength);
    this.#makeRoom();
    await reserved;
    try {
      this.#refuseIfNotOpen();
      const state = await this.#enter(tenant, batch);
      try {
        await this.#appendDurably(state, tenant, batch, payload);
      } finally {
        this.#tenants.leave(state, batch);
      }
    } finally {
      this.#budget.free(payload.byteLength);
    }
  }

  async #appendDurably(
    state: TenantState,
    tenant: string,
    batch: EntryBatch,
    payload: ReturnType<typeof encodeEntries>,
  ): Promise<void> {
    const wal = this.#wal as Wal;
    try {
      await wal.append(payload, (sequence) => this.#apply(state, tenant, batch, wal.walId, sequence));
    } catch (error) {
      // Flushed data lets go of WAL segments: with a remote store that is how a full disk gets space again.
      if (error instanceof SkaldError && error.code === 'unavailable') this.#tenants.cutAll();
      throw error;
    }
  }

  /** Runs in the turn in which the record became durable. */
  #apply(state: TenantState, tenant: string, batch: EntryBatch, walId: string, sequence: number): void {
    const announce = this.publications.begin(state.head);
    try {
      this.#append(state, batch, walId, sequence);
    } catch (error) {
      this.#fatal = error;
      this.#options.report(error, { action: 'append to the head', tenant });
      throw error;
    }
    this.writes.note(tenant, batch.timestamp, batch.rowCount);
    this.#options.visible?.(tenant, batch.timestamp, batch.rowCount);
    announce?.();
    const { cutBytes, headBytesMax } = this.#settings;
    if ((state.head.open?.usedBytes ?? 0) >= cutBytes) this.#tenants.cut(state);
    else if (this.#tenants.openBytes > headBytesMax * PRESSURE_PART) this.#tenants.cutLargest();
  }

  /** Returns the number of entries stored. */
  #append(state: TenantState, batch: EntryBatch, walId: string, sequence: number): number {
    const { head } = state;
    const before = head.usedBytes;
    const streams = head.streamCount;
    const { stored, duplicates } = head.append(batch, walId, sequence);
    const added = head.usedBytes - before;
    this.#tenants.addOpenBytes(added);
    this.#budget.addHeadBytes(added);
    this.statistics.entries += stored;
    this.statistics.duplicates += duplicates;
    this.statistics.streamsCreated += head.streamCount - streams;
    return stored;
  }

  #refuseIfNotOpen(): void {
    if (this.#isClosing) {
      throw new SkaldError('unavailable', 'Cannot accept the push: the process is shutting down');
    }
    if (this.#fatal !== null) {
      const state = 'an earlier push could not be made visible; restart the process, the WAL has all of it';
      throw new SkaldError('unavailable', `Cannot accept the push: ${state}`, { cause: this.#fatal });
    }
  }

  /**
   * The tenant's state, with room in its tables for the batch, which counts as on its way until `leave`. Tables of a head
   * only grow: before they overflow, or when they are mostly stale, the head is flushed and begun anew.
   */
  async #enter(tenant: string, batch: EntryBatch): Promise<TenantState> {
    if (this.#tenants.of(tenant).hasStaleStreams()) await this.#tenants.renew(tenant).catch(() => undefined);
    while (this.#tenants.of(tenant).lacksLevels(batch)) {
      const { head } = this.#tenants.of(tenant);
      if (head.groups.length === 0 && head.levelCount === 0) {
        throw new SkaldError(
          'rate_limited',
          `Cannot accept the push: more than ${LEVELS_MAX} different levels at once`,
        );
      }
      await this.#tenants.renew(tenant);
    }
    const state = this.#tenants.of(tenant);
    state.pendingPushes += 1;
    state.pendingLevels += batch.levels.length;
    return state;
  }

  #headOptions(tenant: string): TenantHeadOptions {
    const { catalog, runtime } = this.#options;
    return {
      tenant,
      clock: runtime.clock,
      seed: this.#seed,
      nextBlockId: () => `${tenant}/${this.#blockCount++}`,
      lastCommitted: (streamKey) => catalog.lastTimestampOf(tenant, streamKey),
    };
  }

  /** Pushes wait: something must be on its way out. While a cut is, small ones would only make it longer. */
  #makeRoom(): void {
    if (this.#budget.waitingPushes > 0 && this.flushQueueLength === 0) this.#tenants.cutAll();
  }

  /** Flushes what is old or idle, and what keeps the WAL from shrinking. */
  #check(): void {
    this.#tenants.cutOld(this.#options.runtime.clock.monotonicMs(), this.#settings);
    if (this.walBytes > this.#settings.headBytesMax * WAL_FACTOR)
      this.#tenants.cutOldestRecord(this.#wal?.nextSequence ?? 0);
  }

  async #write(cut: Parameters<FlushContext['write']>[0], committed: CommittedIndex[]) {
    // A position that a power failure takes back must not be in an index.
    await this.#wal?.sync();
    return await this.#options.flusher.flush(cut, committed);
  }

  /** One synchronous turn: a reader sees the entries in the head or in the catalog, never in both or in neither. */
  #commit(head: TenantHead, group: HeadGroup, committed: readonly CommittedIndex[]): void {
    this.#options.catalog.add(committed);
    const { rowCount, usedBytes } = group;
    head.release(group);
    this.statistics.flushes += 1;
    this.statistics.flushedEntries += rowCount;
    this.#lastFlushError = null;
    const state = this.#tenants.find(head.tenant);
    if (state?.head === head) this.#tenants.forgetIfUnused(state);
    this.#budget.addHeadBytes(-usedBytes);
    this.#options.released?.(usedBytes, committed, group.openedAtMs);
    this.#makeRoom();
    this.#truncateWal();
  }

  #onFlushFailure(tenant: string, error: unknown): void {
    this.statistics.flushFailures += 1;
    this.#lastFlushError = error instanceof Error ? error.message : String(error);
    this.#options.report(error, { action: 'flush', tenant });
  }

  #flushState(): string {
    if (this.#lastFlushError !== null) return `the last flush failed (${this.#lastFlushError})`;
    return `flushing has not caught up (cuts of up to ${formatBytes(this.#settings.cutBytes)})`;
  }

  #truncateWal(): void {
    const wal = this.#wal;
    if (wal === null || this.#fatal !== null) return;
    const previous = this.#truncating ?? Promise.resolve();
    const run = previous
      .then(() => wal.truncate(this.#tenants.neededSequence(wal.nextSequence)))
      .catch((error: unknown) => this.#options.report(error, { action: 'remove WAL segments' }));
    this.#truncating = run;
  }
}
