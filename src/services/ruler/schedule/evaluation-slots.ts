import { SkaldError } from '../../../common/errors.ts';

interface Waiting {
  readonly start: () => void;
}

/**
 * Bounds how many rules are evaluated at the same time, in all and of one tenant. Tenants that wait take turns, so one
 * with a thousand rules delays another by no more than the rules that are running.
 */
export class EvaluationSlots {
  readonly #max: number;
  readonly #perTenant: number;
  #running = 0;
  readonly #runningOf = new Map<string, number>();
  /** Tenants that wait, the one whose turn is next first. */
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(max: number, perTenant: number) {
    this.#max = max;
    this.#perTenant = perTenant;
  }

  /** Resolves when the caller may run; the function that it resolves to ends that, and must be called once. */
  async acquire(tenant: string, signal: AbortSignal): Promise<() => void> {
    if (this.#isFree(tenant)) this.#take(tenant);
    else await this.#wait(tenant, signal);
    return () => this.#release(tenant);
  }

  get running(): number {
    return this.#running;
  }

  #countOf(tenant: string): number {
    return this.#runningOf.get(tenant) ?? 0;
  }

  #isFree(tenant: string): boolean {
    return this.#running < this.#max && this.#countOf(tenant) < this.#perTenant;
  }

  #take(tenant: string): void {
    this.#running++;
    this.#runningOf.set(tenant, this.#countOf(tenant) + 1);
  }

  /** Resolves when the slot has been taken. */
  async #wait(tenant: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { start: resolve };
    const queue = this.#waiting.get(tenant) ?? [];
    queue.push(waiting);
    this.#waiting.set(tenant, queue);
    const abort = (): void => {
      const at = queue.indexOf(waiting);
      if (at < 0) return;
      queue.splice(at, 1);
      if (queue.length === 0) this.#waiting.delete(tenant);
      reject(new SkaldError('cancelled', 'the evaluation of the rule was cancelled'));
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    await promise.finally(() => signal.removeEventListener('abort', abort));
  }

  #release(tenant: string): void {
    this.#running--;
    const count = this.#countOf(tenant) - 1;
    if (count === 0) this.#runningOf.delete(tenant);
    else this.#runningOf.set(tenant, count);
    this.#startNext();
  }

  /** The first tenant in turn that may run, which then goes to the end of the line. */
  #startNext(): void {
    for (const [tenant, queue] of this.#waiting) {
      if (!this.#isFree(tenant)) continue;
      const next = queue.shift();
      this.#waiting.delete(tenant);
      if (queue.length > 0) this.#waiting.set(tenant, queue);
      // At once: whoever asks before the waiting one runs must not find the slot free.
      this.#take(tenant);
      next?.start();
      return;
    }
  }
}
