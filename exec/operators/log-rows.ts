import type { RowLabels } from '../batch/label-columns.ts';
import type { TextColumn } from '../batch/text-column.ts';

/**
 * Materialized rows: they own their bytes, travel between threads and outlive their unit. Row i has the labels
 * `labelSets[labelSet[i]]`; null is «those of its stream». (rank, position) orders arrivals within a stream.
 */
export interface LogRows {
  readonly rowCount: number;
  readonly timestamp: BigInt64Array;
  /** Query stream ordinal. */
  readonly stream: Uint32Array;
  readonly rank: Uint32Array;
  readonly position: Uint32Array;
  readonly line: TextColumn;
  readonly labelSet: Uint32Array;
  readonly labelSets: readonly (RowLabels | null)[];
}

export type Direction = 'forward' | 'backward';

/**
 * Compares two rows as answers order them: by time in the direction; equal times by stream, and inside a stream in
 * arrival order, reversed when going backward (facts 14, 15).
 */
export function rowComparator(rows: LogRows, direction: Direction): (a: number, b: number) => number {
  const halves = new Int32Array(rows.timestamp.buffer, rows.timestamp.byteOffset, rows.rowCount * 2);
  const { stream, rank, position } = rows;
  const sign = direction === 'forward' ? 1 : -1;
  return (a, b) => {
    const high = halves[2 * a + 1] - halves[2 * b + 1];
    if (high !== 0) return high * sign;
    const low = (halves[2 * a] >>> 0) - (halves[2 * b] >>> 0);
    if (low !== 0) return low * sign;
    const streams = stream[a] - stream[b];
    if (streams !== 0) return streams;
    const ranks = rank[a] - rank[b];
    return (ranks !== 0 ? ranks : position[a] - position[b]) * sign;
  };
}

/** Row numbers in the order of an answer. */
export function rowOrder(rows: LogRows, direction: Direction): Uint32Array {
  const order = Uint32Array.from({ length: rows.rowCount }, (_, i) => i);
  return order.sort(rowComparator(rows, direction));
}

/** The rows with these numbers, in this order, in memory of their own; label sets that none of them has are left out. */
export function takeRows(rows: LogRows, order: Uint32Array): LogRows {
  const count = order.length;
  const { offsets, values } = rows.line;
  const lineOffsets = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) {
    const row = order[i];
    lineOffsets[i + 1] = lineOffsets[i] + offsets[row + 1] - offsets[row];
  }
  const lines = new Uint8Array(lineOffsets[count]);
  const taken = {
    timestamp: new BigInt64Array(count),
    stream: new Uint32Array(count),
    rank: new Uint32Array(count),
    position: new Uint32Array(count),
    labelSet: new Uint32Array(count),
  };
  const labelSets: (RowLabels | null)[] = [];
  const numbers = new Int32Array(rows.labelSets.length).fill(-1);
  const keptSet = (number: number): number => {
    if (numbers[number] === -1) numbers[number] = labelSets.push(rows.labelSets[number]) - 1;
    return numbers[number];
  };
  for (let i = 0; i < count; i++) {
    const row = order[i];
    taken.timestamp[i] = rows.timestamp[row];
    taken.stream[i] = rows.stream[row];
    taken.rank[i] = rows.rank[row];
    taken.position[i] = rows.position[row];
    taken.labelSet[i] = keptSet(rows.labelSet[row]);
    lines.set(values.subarray(offsets[row], offsets[row + 1]), lineOffsets[i]);
  }
  return { rowCount: count, ...taken, line: { offsets: lineOffsets, values: lines }, labelSets };
}

/** The best `limit` rows, in the order of the answer. */
export function bestRows(rows: LogRows, wanted: { readonly limit: number; readonly direction: Direction }): LogRows {
  const order = rowOrder(rows, wanted.direction);
  return takeRows(rows, order.subarray(0, Math.min(order.length, wanted.limit)));
}

/** Bytes that the rows hold, label sets estimated. */
export function rowsSizeBytes(rows: LogRows): number {
  return rows.rowCount * 28 + rows.line.values.length + rows.labelSets.length * LABEL_SET_BYTES;
}

const LABEL_SET_BYTES = 400;
