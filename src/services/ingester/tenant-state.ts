import type { EntryBatch } from '../../../storage/head/entry-batch.ts';
import { LEVELS_MAX, TenantHead } from '../../../storage/head/tenant-head.ts';
import type { TenantHeadOptions } from '../../../storage/head/tenant-head.ts';
import { TenantFlusher } from './tenant-flusher.ts';
import type { FlushContext } from './tenant-flusher.ts';

/** Below this many streams a head's table is never worth starting anew. */
const STREAMS_KEPT_MIN = 100_000;
/** A table is started anew when it knows this many times the streams that have entries in the head. */
const STREAMS_KEPT_FACTOR = 4;

/** A tenant's head, its flushes, and the pushes that are on their way into it. */
export class TenantState {
  readonly #makeHead: () => TenantHead;
  readonly #context: FlushContext;
  #head: TenantHead;
  #flusher: TenantFlusher;
  pendingPushes = 0;
  pendingLevels = 0;

  constructor(options: TenantHeadOptions, context: FlushContext) {
    this.#makeHead = () => new TenantHead(options);
    this.#context = context;
    this.#head = this.#makeHead();
    this.#flusher = new TenantFlusher(this.#head, context);
  }

  get head(): TenantHead {
    return this.#head;
  }

  get flusher(): TenantFlusher {
    return this.#flusher;
  }

  /** Closes what is open and begins to flush it. */
  cut(): void {
    this.#head.close();
    this.#flusher.start();
  }

  /** Whether the level ids of a head might not suffice for this batch. */
  lacksLevels(batch: EntryBatch): boolean {
    return this.#head.levelCount + this.pendingLevels + batch.levels.length > LEVELS_MAX;
  }

  /** Whether the head knows many more streams than it has entries of: tables only grow. */
  hasStaleStreams(): boolean {
    const known = this.#head.streamCount;
    if (known < STREAMS_KEPT_MIN) return false;
    const live = this.#head.groups.reduce((sum, group) => sum + group.streamCount, 0);
    return known > live * STREAMS_KEPT_FACTOR;
  }

  /** Gives an empty head new tables. */
  renew(): void {
    if (this.#head.groups.length > 0 || this.#head.streamCount === 0) return;
    this.#head = this.#makeHead();
    this.#flusher = new TenantFlusher(this.#head, this.#context);
  }
}
