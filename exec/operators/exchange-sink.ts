import type { Operator } from '../operator.ts';
import { encodeExchange, type ExchangeItem } from '../task/exchange-codec.ts';

/** Top of a fragment: the input's items as bytes that can leave the thread. */
export class ExchangeSink<T> implements Operator<Uint8Array> {
  readonly #input: Operator<T>;
  readonly #wrap: (item: T) => ExchangeItem;

  constructor(input: Operator<T>, wrap: (item: T) => ExchangeItem) {
    this.#input = input;
    this.#wrap = wrap;
  }

  async open(): Promise<void> {
    await this.#input.open();
  }

  async next(): Promise<Uint8Array | null> {
    const item = await this.#input.next();
    return item === null ? null : encodeExchange(this.#wrap(item));
  }

  close(): void {
    this.#input.close();
  }
}
