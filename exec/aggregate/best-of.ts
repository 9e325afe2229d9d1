/**
 * The best `limit` of the numbers offered, by a comparison in which better is smaller. A heap with the worst on top:
 * offering costs one comparison when the number is not good enough.
 */
export class BestOf {
  readonly #limit: number;
  readonly #compare: (a: number, b: number) => number;
  readonly #heap: number[] = [];

  constructor(limit: number, compare: (a: number, b: number) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  offer(item: number): void {
    const heap = this.#heap;
    if (heap.length < this.#limit) {
      heap.push(item);
      this.#siftUp(heap.length - 1);
    } else if (heap.length > 0 && this.#compare(item, heap[0]) < 0) {
      heap[0] = item;
      this.#siftDown();
    }
  }

  /** What is kept, best first. Empties it. */
  take(): number[] {
    return this.#heap.splice(0).sort(this.#compare);
  }

  #siftUp(from: number): void {
    const heap = this.#heap;
    let at = from;
    const item = heap[at];
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#compare(item, heap[parent]) <= 0) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = item;
  }

  #siftDown(): void {
    const heap = this.#heap;
    const item = heap[0];
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#compare(heap[child + 1], heap[child]) > 0) child++;
      if (this.#compare(heap[child], item) <= 0) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = item;
  }
}
