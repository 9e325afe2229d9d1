import type { Operator } from '../operator.ts';
import type { ExchangeItem } from '../task/exchange-codec.ts';

/** Top of a fragment: the input's items in the form in which they leave the worker. */
export class ExchangeSink<T> implements Operator<ExchangeItem> {
  readonly #input: Operator<T>;
  readonly #wrap: (item: T) => ExchangeItem;

  constructor(input: Operator<T>, wrap: (item: T) => ExchangeItem) {
    this.#input = input;
    this.#wrap = wrap;
  }

  async open(): Promise<void> {
    await this.#input.open();
  }

  async next(): Promise<ExchangeItem | null> {
    const item = await this.#input.next();
    return item === null ? null : this.#wrap(item);
  }

  close(): void {
    this.#input.close();
  }
}
