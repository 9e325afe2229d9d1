import type { CellFields } from '../cell-store.ts';
import type { RangeAccumulator, SampleRows } from '../range-accumulator.ts';

/**
 * first_over_time and last_over_time (fact 38). Equal timestamps: the order of streams, then of arrival, wherever the
 * entries are stored. Fields: count, the timestamp's high and low half, the stream, the unit's rank, value.
 */
export class EdgeOverTime implements RangeAccumulator {
  readonly fieldCount = 6;
  readonly #last: boolean;

  constructor(kind: 'first' | 'last') {
    this.#last = kind === 'last';
  }

  add(fields: CellFields, { count, cells, values, halves, rows, streams, rank }: SampleRows): void {
    const [counts, highs, lows, seenStreams, ranks, edges] = fields as SixFields;
    for (let i = 0; i < count; i++) {
      const cell = cells[i];
      const at = rows[i] * 2;
      const high = halves[at + 1];
      const low = halves[at] >>> 0;
      const stream = streams[rows[i]];
      const isFirst = counts[cell] === 0;
      counts[cell] += 1;
      if (!isFirst) {
        const order = high - highs[cell] || low - lows[cell] || stream - seenStreams[cell] || rank - ranks[cell];
        if (this.#last ? order < 0 : order >= 0) continue;
      }
      highs[cell] = high;
      lows[cell] = low;
      seenStreams[cell] = stream;
      ranks[cell] = rank;
      edges[cell] = values[i];
    }
  }

  merge(into: CellFields, at: number, from: CellFields, index: number): void {
    const counts = into[0];
    const isFirst = counts[at] === 0;
    counts[at] += from[0][index];
    if (!isFirst) {
      const order = compareEdges(from, index, into, at);
      if (this.#last ? order < 0 : order >= 0) return;
    }
    for (let f = 1; f < 6; f++) into[f][at] = from[f][index];
  }

  value(fields: CellFields, at: number): number {
    return fields[5][at];
  }
}

type SixFields = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

function compareEdges(a: CellFields, i: number, b: CellFields, k: number): number {
  for (let f = 1; f < 5; f++) {
    const order = a[f][i] - b[f][k];
    if (order !== 0) return order;
  }
  return 0;
}
