import type { Operator, QueryContext } from '../operator.ts';
import type { ExchangeItem } from '../task/exchange-codec.ts';
import type { FragmentRun, FragmentRunner } from '../task/fragment-runner.ts';

/** Reads what the workers of a fragment produce, in the order in which it arrives. Starts the fragment when opened. */
export class ExchangeSource implements Operator<ExchangeItem> {
  readonly #runner: FragmentRunner;
  readonly #fragment: number;
  readonly #context: QueryContext;
  #run: FragmentRun | null = null;

  constructor(runner: FragmentRunner, fragment: number, context: QueryContext) {
    this.#runner = runner;
    this.#fragment = fragment;
    this.#context = context;
  }

  async open(): Promise<void> {
    this.#run = this.#runner.start(this.#fragment);
  }

  async next(): Promise<ExchangeItem | null> {
    const item = (await this.#run?.next()) ?? null;
    if (item !== null) this.#context.throwIfCancelled();
    return item;
  }

  close(): void {
    this.#run?.cancel();
    this.#run = null;
  }
}
