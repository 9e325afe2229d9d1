import { must } from '../../src/common/assert.ts';
import { BestOf } from '../aggregate/best-of.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import type { TimeBound } from '../fragment-context.ts';
import type { Direction } from './log-rows.ts';

const ALL_TIMES = { start: -(2n ** 63n), end: 2n ** 63n - 1n };

/** What an answer wants of the rows. */
export interface Wanted {
  readonly limit: number;
  readonly direction: Direction;
}

/** Numbers, ascending, of at most `limit` selected rows of a batch that may be in the answer, by timestamp alone. */
export function candidateRows(batch: MutableBatch, { limit, direction }: Wanted, bound: TimeBound | null): Uint32Array {
  const rows = withinBound(batch, bound);
  if (rows.length <= limit) return rows;
  const halves = halvesOf(batch);
  const sign = direction === 'forward' ? 1 : -1;
  const { stream } = batch;
  const best = new BestOf(limit, (a, b) => {
    const high = halves[2 * a + 1] - halves[2 * b + 1];
    if (high !== 0) return high * sign;
    const low = (halves[2 * a] >>> 0) - (halves[2 * b] >>> 0);
    if (low !== 0) return low * sign;
    return stream[a] - stream[b] || (a - b) * sign;
  });
  for (let i = 0; i < rows.length; i++) best.offer(rows[i]);
  return Uint32Array.from(best.take()).sort();
}

/** The selected rows that are not worse than the bound, which may have moved since the unit was opened. */
function withinBound(batch: MutableBatch, bound: TimeBound | null): Uint32Array {
  const selected = batch.selection.subarray(0, batch.selectedCount);
  if (bound === null) return selected;
  const { start, end } = bound.narrow(ALL_TIMES);
  const halves = halvesOf(batch);
  const compareStart = comparator(halves, start);
  const compareLast = comparator(halves, end - 1n);
  return selected.filter((row) => compareStart(row) >= 0 && compareLast(row) <= 0);
}

/** Timestamps as pairs of low and high 32-bit halves. */
function halvesOf({ timestamp }: MutableBatch): Int32Array {
  const { buffer, byteOffset, length } = must(timestamp, 'timestamps are not loaded');
  return new Int32Array(buffer, byteOffset, length * 2);
}

/** Compares a row's timestamp with `timestampNs`. */
function comparator(halves: Int32Array, timestampNs: bigint): (row: number) => number {
  const low = Number(timestampNs & 0xffffffffn);
  const high = Number(timestampNs >> 32n);
  return (row) => halves[2 * row + 1] - high || (halves[2 * row] >>> 0) - low;
}
