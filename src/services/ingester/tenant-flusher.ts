import { SkaldError } from '../../common/errors.ts';
import type { Timers } from '../../common/runtime.ts';
import type { Cut } from '../../../storage/chunk/cut.ts';
import type { HeadGroup } from '../../../storage/head/head-group.ts';
import type { TenantHead } from '../../../storage/head/tenant-head.ts';
import type { CommittedIndex } from '../../../storage/index/index-content.ts';

/** What a tenant's flushes need from the ingester. */
export interface FlushContext {
  readonly timers: Pick<Timers, 'after'>;
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  /** Writes the cut; `committed` is kept from attempt to attempt. */
  write(cut: Cut, committed: CommittedIndex[]): Promise<readonly CommittedIndex[]>;
  /** Makes the indexes visible and releases the group, in one turn. */
  commit(head: TenantHead, group: HeadGroup, committed: readonly CommittedIndex[]): void;
  onFailure(tenant: string, error: unknown): void;
}

interface Waiter {
  readonly group: HeadGroup;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Flushes the closed groups of one head, oldest first, one at a time, until they are committed. */
export class TenantFlusher {
  readonly #head: TenantHead;
  readonly #context: FlushContext;
  readonly #waiters = new Set<Waiter>();
  #running: Promise<void> | null = null;
  #isStopped = false;
  #wake: () => void = () => undefined;

  constructor(head: TenantHead, context: FlushContext) {
    this.#head = head;
    this.#context = context;
  }

  /** Begins to flush what is closed, if that is not under way. */
  start(): void {
    if (this.#isStopped || this.#running !== null || this.#oldestClosed() === null) return;
    this.#running = this.#run();
  }

  /** Resolves when everything that is closed now is committed; rejects when an attempt fails, which is retried. */
  async flushed(): Promise<void> {
    const last = this.#head.groups.filter((group) => group !== this.#head.open).at(-1);
    if (last === undefined) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiters.add({ group: last, resolve, reject });
      this.start();
      this.#wake();
    });
  }

  /** Ends after the attempt that is under way; what is not committed stays in the WAL. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake();
    await this.#running;
    this.#settle(new SkaldError('unavailable', 'Cannot flush: the process is shutting down'));
  }

  #oldestClosed(): HeadGroup | null {
    const oldest = this.#head.groups[0];
    return oldest === undefined || oldest === this.#head.open ? null : oldest;
  }

  /** Waits at least once before it returns, and nobody can close a group between its last look and its end. */
  async #run(): Promise<void> {
    let delayMs = this.#context.retryMinMs;
    let committed: CommittedIndex[] = [];
    for (let group = this.#oldestClosed(); group !== null && !this.#isStopped; group = this.#oldestClosed()) {
      try {
        const indexes = await this.#context.write(this.#head.cutOf(group), committed);
        this.#context.commit(this.#head, group, indexes);
        committed = [];
        delayMs = this.#context.retryMinMs;
        this.#settle(null);
      } catch (error) {
        this.#context.onFailure(this.#head.tenant, error);
        this.#settle(error);
        await this.#pause(delayMs);
        delayMs = Math.min(delayMs * 2, this.#context.retryMaxMs);
      }
    }
    this.#running = null;
  }

  /** Lets go of those whose group is committed, and after a failure of all. */
  #settle(error: unknown): void {
    for (const waiter of this.#waiters) {
      const isDone = !this.#head.groups.includes(waiter.group);
      if (!isDone && error === null) continue;
      this.#waiters.delete(waiter);
      if (isDone) waiter.resolve();
      else waiter.reject(error);
    }
  }

  async #pause(delayMs: number): Promise<void> {
    if (this.#isStopped) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#context.timers.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
    this.#wake = () => undefined;
  }
}
