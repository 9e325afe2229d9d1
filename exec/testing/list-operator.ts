import type { Operator } from '../operator.ts';

/** Yields the given items; counts what its consumer does with it. */
export class ListOperator<T> implements Operator<T> {
  opened = 0;
  closed = 0;
  readonly #items: readonly T[];
  readonly #beforeEach: (index: number) => void;
  #next = 0;

  constructor(items: readonly T[], beforeEach: (index: number) => void = () => undefined) {
    this.#items = items;
    this.#beforeEach = beforeEach;
  }

  async open(): Promise<void> {
    this.opened++;
  }

  async next(): Promise<T | null> {
    this.#beforeEach(this.#next);
    return this.#items[this.#next++] ?? null;
  }

  close(): void {
    this.closed++;
  }
}

/** All items of an operator, which is opened and closed. */
export async function collect<T>(operator: Operator<T>): Promise<T[]> {
  const items: T[] = [];
  await operator.open();
  try {
    for (let item = await operator.next(); item !== null; item = await operator.next()) items.push(item);
  } finally {
    operator.close();
  }
  return items;
}
