import { assert } from '../../src/common/assert.ts';
import type { PartialAggregate } from '../aggregate/partial-aggregate.ts';
import type { Operator } from '../operator.ts';
import type { ExchangeItem } from '../task/exchange-codec.ts';
import type { LogRows } from './log-rows.ts';

/** The rows or partial results that an exchange delivers, without their wrapping. */
class ExchangeItems<T> implements Operator<T> {
  readonly #source: Operator<ExchangeItem>;
  readonly #take: (item: ExchangeItem) => T;

  constructor(source: Operator<ExchangeItem>, take: (item: ExchangeItem) => T) {
    this.#source = source;
    this.#take = take;
  }

  async open(): Promise<void> {
    await this.#source.open();
  }

  async next(): Promise<T | null> {
    const item = await this.#source.next();
    return item === null ? null : this.#take(item);
  }

  close(): void {
    this.#source.close();
  }
}

export function rowItems(source: Operator<ExchangeItem>): Operator<LogRows> {
  return new ExchangeItems(source, (item) => {
    assert(item.kind === 'Rows', 'expected rows from an exchange');
    return item.rows;
  });
}

export function partialItems(source: Operator<ExchangeItem>): Operator<PartialAggregate> {
  return new ExchangeItems(source, (item) => {
    assert(item.kind === 'Partial', 'expected partial results from an exchange');
    return item.partial;
  });
}
