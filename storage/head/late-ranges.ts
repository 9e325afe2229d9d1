import type { StreamTimeRange } from '../../src/common/scan-unit.ts';
import { isAfter, timestampOf } from './columns.ts';

interface Bounds {
  minHigh: number;
  minLow: number;
  maxHigh: number;
  maxLow: number;
}

/** For each stream the range of timestamps of its late entries. */
export class LateRanges {
  readonly #byStream = new Map<number, Bounds>();
  #list: readonly StreamTimeRange[] | null = null;

  add(stream: number, high: number, low: number): void {
    const bounds = this.#byStream.get(stream);
    if (bounds === undefined) {
      this.#byStream.set(stream, { minHigh: high, minLow: low, maxHigh: high, maxLow: low });
    } else if (isAfter(high, low, bounds.maxHigh, bounds.maxLow)) {
      bounds.maxHigh = high;
      bounds.maxLow = low;
    } else if (isAfter(bounds.minHigh, bounds.minLow, high, low)) {
      bounds.minHigh = high;
      bounds.minLow = low;
    } else return;
    this.#list = null;
  }

  list(): readonly StreamTimeRange[] {
    this.#list ??= Array.from(this.#byStream, ([stream, bounds]) => ({
      stream,
      minTimestamp: timestampOf(bounds.minHigh, bounds.minLow),
      maxTimestamp: timestampOf(bounds.maxHigh, bounds.maxLow),
    }));
    return this.#list;
  }
}
