import { decodeExchange, type ExchangeItem } from './exchange-codec.ts';
import type { FragmentReport } from './fragment-report.ts';
import type { FragmentRun } from './fragment-runner.ts';

/** Items of several workers in order of arrival, until the last of them has finished or one has failed. */
export class ItemQueue implements FragmentRun {
  readonly reports: FragmentReport[] = [];
  readonly #items: (Uint8Array | ExchangeItem)[] = [];
  readonly #onCancel: () => void;
  #running: number;
  #failure: { readonly error: unknown } | null = null;
  #wake: (() => void) | null = null;

  constructor(workers: number, onCancel: () => void) {
    this.#running = workers;
    this.#onCancel = onCancel;
  }

  get failure(): { readonly error: unknown } | null {
    return this.#failure;
  }

  /** An item, or its bytes if it came from another thread. */
  push(item: Uint8Array | ExchangeItem): void {
    this.#items.push(item);
    this.#notify();
  }

  finish(report: FragmentReport): void {
    this.reports.push(report);
    this.#running--;
    this.#notify();
  }

  /** The first failure is the one that the reader gets: later ones are its consequences. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#running--;
    this.#onCancel();
    this.#notify();
  }

  async next(): Promise<ExchangeItem | null> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure.error;
      const item = this.#items.shift();
      if (item !== undefined) return item instanceof Uint8Array ? decodeExchange(item) : item;
      if (this.#running === 0) return null;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  cancel(): void {
    if (this.#running > 0) this.#onCancel();
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
