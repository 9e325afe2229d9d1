import { NS_PER_DAY, floorDiv } from '../../src/common/time.ts';
import type { Cut } from './cut.ts';

const NS_PER_DAY_NUMBER = Number(NS_PER_DAY);
const TWO_32 = 4294967296;

/** Rows of a cut that fall on one UTC day. */
export interface DayRows {
  /** Days since the epoch. */
  readonly day: number;
  /** Rows of the cut in arrival order: blocks one after another. */
  readonly rows: Uint32Array;
  /** Nanoseconds since the day's start, exact: a day has fewer than 2^53 nanoseconds. */
  readonly time: Float64Array;
}

/** The rows of a cut by UTC day, days ascending. */
export function splitDays(cut: Cut): DayRows[] {
  const dayOfRow = new Int32Array(cut.blocks.reduce((sum, { rowCount }) => sum + rowCount, 0));
  const counts = new Map<number, number>();
  let base = 0;
  for (const { block, rowCount } of cut.blocks) {
    markDays(block.timestamp, rowCount, dayOfRow.subarray(base, base + rowCount), counts);
    base += rowCount;
  }
  const days = [...counts.keys()].sort((a, b) => a - b);
  return days.map((day) => collectDay(cut, day, counts.get(day) as number, dayOfRow));
}

function markDays(timestamps: BigInt64Array, rowCount: number, days: Int32Array, counts: Map<number, number>): void {
  const halves = new Int32Array(timestamps.buffer, timestamps.byteOffset, rowCount * 2);
  let current = 0;
  let pending = 0;
  for (let row = 0; row < rowCount; row++) {
    const day = dayOf(timestamps, row, halves[2 * row + 1] * TWO_32 + (halves[2 * row] >>> 0));
    days[row] = day;
    if (day !== current && pending > 0) {
      counts.set(current, (counts.get(current) ?? 0) + pending);
      pending = 0;
    }
    current = day;
    pending++;
  }
  if (pending > 0) counts.set(current, (counts.get(current) ?? 0) + pending);
}

/** The day of a timestamp. A double is off by up to 512 ns, so only around midnight the exact number is asked. */
function dayOf(timestamps: BigInt64Array, row: number, approximate: number): number {
  const day = Math.floor(approximate / NS_PER_DAY_NUMBER);
  const within = approximate - day * NS_PER_DAY_NUMBER;
  if (within > 4096 && within < NS_PER_DAY_NUMBER - 4096) return day;
  return Number(floorDiv(timestamps[row], NS_PER_DAY));
}

function collectDay(cut: Cut, day: number, count: number, dayOfRow: Int32Array): DayRows {
  const rows = new Uint32Array(count);
  const time = new Float64Array(count);
  const start = new Int32Array(new BigInt64Array([BigInt(day) * NS_PER_DAY]).buffer);
  const startHigh = start[1];
  const startLow = start[0] >>> 0;
  let at = 0;
  let base = 0;
  for (const { block, rowCount } of cut.blocks) {
    const halves = new Int32Array(block.timestamp.buffer, block.timestamp.byteOffset, rowCount * 2);
    for (let row = 0; row < rowCount; row++) {
      if (dayOfRow[base + row] !== day) continue;
      rows[at] = base + row;
      time[at] = (halves[2 * row + 1] - startHigh) * TWO_32 + ((halves[2 * row] >>> 0) - startLow);
      at++;
    }
    base += rowCount;
  }
  return { day, rows, time };
}
