import type { Clock } from '../src/common/runtime.ts';

/**
 * One node of a physical plan at run time. Pull-based: the consumer asks its input for the next item.
 *
 * - `open` is called once, before `next`; it opens the inputs.
 * - `next` resolves to null when there is nothing more, and stays null then. It is not called while a call is pending.
 * - An item belongs to whoever received it: the operator that handed it on never looks at it again.
 * - `close` may be called at any time after construction, more than once, also after a failure; it closes the inputs.
 * - Cancellation: `next` calls `QueryContext.throwIfCancelled` for every item and inside every loop over more rows than
 *   one batch, so that a cancelled query stops within 100 ms.
 */
export interface Operator<T> {
  open(): Promise<void>;
  next(): Promise<T | null>;
  close(): void;
}

/** What every operator of a query shares in one thread. */
export interface QueryContext {
  readonly clock: Clock;
  readonly budget: MemoryBudget;
  /** Throws SkaldError `cancelled` or `deadline_exceeded`. Cheap enough to call per batch. */
  throwIfCancelled(): void;
}

/** Bytes that a query holds, over all threads. */
export interface MemoryBudget {
  /** Throws SkaldError `query_limit` when the query would hold more than it may. */
  reserve(sizeBytes: number): void;
  release(sizeBytes: number): void;
}
