/** An Int32Array that grows; new items are `fill`. */
export class GrowableInt32 {
  items: Int32Array;
  readonly #fill: number;

  constructor(fill: number) {
    this.#fill = fill;
    this.items = new Int32Array(64).fill(fill);
  }

  /** Makes `items` at least `length` long. */
  reserve(length: number): void {
    if (length <= this.items.length) return;
    const grown = new Int32Array(Math.max(length, this.items.length * 2)).fill(this.#fill, this.items.length);
    grown.set(this.items);
    this.items = grown;
  }
}
