import type { EntryBatch } from '../../../storage/head/entry-batch.ts';
import type { TenantHead, TenantHeadOptions } from '../../../storage/head/tenant-head.ts';
import type { FlushContext } from './tenant-flusher.ts';
import { TenantState } from './tenant-state.ts';

/** The tenants that have entries in heads, or pushes on their way, and which of their heads is cut when. */
export class TenantHeads implements Iterable<TenantState> {
  readonly #states = new Map<string, TenantState>();
  readonly #headOptions: (tenant: string) => TenantHeadOptions;
  readonly #context: FlushContext;
  #openBytes = 0;

  constructor(headOptions: (tenant: string) => TenantHeadOptions, context: FlushContext) {
    this.#headOptions = headOptions;
    this.#context = context;
  }

  [Symbol.iterator](): Iterator<TenantState> {
    return this.#states.values();
  }

  /** Bytes of open groups: what can be cut. */
  get openBytes(): number {
    return this.#openBytes;
  }

  /** An open group has grown. */
  addOpenBytes(bytes: number): void {
    this.#openBytes += bytes;
  }

  find(tenant: string): TenantState | undefined {
    return this.#states.get(tenant);
  }

  /** The tenant's state, a new one if it has none. */
  of(tenant: string): TenantState {
    const known = this.#states.get(tenant);
    if (known !== undefined) return known;
    const state = new TenantState(this.#headOptions(tenant), this.#context);
    this.#states.set(tenant, state);
    return state;
  }

  /** Tenants with entries that are not flushed. */
  withEntries(): string[] {
    return [...this.#states].filter(([, { head }]) => head.rowCount > 0).map(([tenant]) => tenant);
  }

  sum(of: (head: TenantHead) => number): number {
    let sum = 0;
    for (const { head } of this) sum += of(head);
    return sum;
  }

  /** The batch, which counted as on its way, is stored or refused. */
  leave(state: TenantState, batch: EntryBatch): void {
    state.pendingPushes -= 1;
    state.pendingLevels -= batch.levels.length;
    this.forgetIfUnused(state);
  }

  /** A tenant without entries costs nothing; its tables begin anew when it comes back. */
  forgetIfUnused(state: TenantState): void {
    const { tenant, groups } = state.head;
    const isUnused = groups.length === 0 && state.pendingPushes === 0;
    if (isUnused && this.#states.get(tenant) === state) this.#states.delete(tenant);
  }

  /** Flushes what the tenant has, and gives it new tables. */
  async renew(tenant: string): Promise<void> {
    const state = this.of(tenant);
    this.cut(state);
    await state.flusher.flushed();
    state.renew();
  }

  cut(state: TenantState): void {
    state.cut();
    this.#openBytes = this.sum((head) => head.open?.usedBytes ?? 0);
  }

  cutAll(): void {
    for (const state of this) if (state.head.open !== null) state.cut();
    this.#openBytes = 0;
  }

  cutLargest(): void {
    let largest: TenantState | null = null;
    let bytes = 0;
    for (const state of this) {
      const openBytes = state.head.open?.usedBytes ?? 0;
      if (openBytes <= bytes) continue;
      largest = state;
      bytes = openBytes;
    }
    if (largest !== null) this.cut(largest);
  }

  /** Cuts what was opened so long ago, and what has got nothing for so long. */
  cutOld(nowMs: number, { ageMaxMs, idleMs }: { readonly ageMaxMs: number; readonly idleMs: number }): void {
    for (const state of this) {
      const { open } = state.head;
      if (open === null) continue;
      if (nowMs - open.openedAtMs >= ageMaxMs || nowMs - open.lastAppendMs >= idleMs) this.cut(state);
    }
  }

  /** Cuts what keeps the WAL from shrinking; `nextSequence` is that of the WAL. */
  cutOldestRecord(nextSequence: number): void {
    const needed = this.neededSequence(nextSequence);
    for (const state of this) if (state.head.groups[0]?.firstSequence === needed) this.cut(state);
  }

  /** The lowest sequence number that is not committed. */
  neededSequence(nextSequence: number): number {
    let needed = nextSequence;
    for (const { head } of this) {
      for (const group of head.groups) {
        if (group.rowCount > 0) needed = Math.min(needed, group.firstSequence);
      }
    }
    return needed;
  }
}
