import { Labels } from '../../src/common/labels.ts';

/** A selection of one in so many sets is sorted by itself; for more, all sets are brought into order once. */
const SELECTED_PART = 8;

/** The order of a growing list of label sets, so that a query sorts numbers and not labels. */
export class StreamOrder {
  readonly #labels: readonly Labels[];
  /** Ids in the order of Labels.compare; as many as there were label sets when it was made. */
  #ids = new Uint32Array(0);
  /** By id: its place in #ids. */
  #ranks = new Uint32Array(0);

  /** `labels` by id; may grow at its end. */
  constructor(labels: readonly Labels[]) {
    this.#labels = labels;
  }

  /** The ids, which are distinct, in the order of Labels.compare. */
  sorted(ids: Uint32Array): Uint32Array {
    const sorted = ids.slice();
    if (sorted.length * SELECTED_PART < this.#labels.length) return sorted.sort(this.#compare);
    this.#update();
    for (let i = 0; i < sorted.length; i++) sorted[i] = this.#ranks[sorted[i]];
    sorted.sort();
    for (let i = 0; i < sorted.length; i++) sorted[i] = this.#ids[sorted[i]];
    return sorted;
  }

  readonly #compare = (a: number, b: number): number => Labels.compare(this.#labels[a], this.#labels[b]);

  /** Sorts what is new and merges it in. */
  #update(): void {
    const known = this.#ids;
    const count = this.#labels.length;
    if (known.length === count) return;
    const added = Uint32Array.from({ length: count - known.length }, (_, i) => known.length + i).sort(this.#compare);
    const merged = new Uint32Array(count);
    for (let at = 0, k = 0, a = 0; at < count; at++) {
      const takeKnown = a === added.length || (k < known.length && this.#compare(known[k], added[a]) < 0);
      merged[at] = takeKnown ? known[k++] : added[a++];
    }
    this.#ids = merged;
    this.#ranks = new Uint32Array(count);
    for (let rank = 0; rank < count; rank++) this.#ranks[merged[rank]] = rank;
  }
}
