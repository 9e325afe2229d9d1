import type { ExchangeSink } from '../../planner/physical/plan.ts';
import type { ScanUnit } from '../../src/common/scan-unit.ts';
import type { Direction } from '../operators/log-rows.ts';
import { boundingTopK } from './topmost-top-k.ts';

/** Numbers near now are exact to 256 ns; a bound must rather be too weak. */
const ROUNDING_NS = 1024n;

/**
 * A timestamp that the answer of a TopK does not go beyond, told by what is known of runs before any is read: so many runs
 * have an entry that is at least as good, or one run has so many. Null: every entry may be refused, or too little is known.
 */
export function firstBound(root: ExchangeSink, units: readonly ScanUnit[]): bigint | null {
  const topK = boundingTopK(root);
  if (topK === null || topK.limit === 0 || topK.input.kind !== 'ChunkScan') return null;
  const { predicates, range } = topK.input;
  if (predicates.length > 0) return null;
  const { direction, limit } = topK;
  const sign = direction === 'backward' ? -1 : 1;
  const [rangeStart, rangeEnd] = [Number(range.start), Number(range.end)];
  const best = new Least(limit, runCount(units));
  let wholeRun = Infinity;
  for (const unit of units) {
    if (unit.kind !== 'RowGroup' || unit.excluded.length > 0) continue;
    const { minTimestamp, maxTimestamp, rowCount } = unit.runs;
    const [mins, maxs] = [numbersOf(minTimestamp), numbersOf(maxTimestamp)];
    for (let run = 0; run < rowCount.length; run++) {
      const [min, max] = [mins[run], maxs[run]];
      if (min < rangeStart || max > rangeEnd) continue;
      // Rounded numbers do not tell.
      const isAtBorder = min === rangeStart || max === rangeEnd;
      if (isAtBorder && (minTimestamp[run] < range.start || maxTimestamp[run] >= range.end)) continue;
      best.offer(sign * (direction === 'backward' ? max : min));
      if (rowCount[run] >= limit) wholeRun = Math.min(wholeRun, sign * (direction === 'backward' ? min : max));
    }
  }
  const bound = Math.min(wholeRun, best.worst());
  return bound === Infinity ? null : weakened(BigInt(sign * bound), direction);
}

function runCount(units: readonly ScanUnit[]): number {
  return units.reduce((sum, unit) => sum + (unit.kind === 'RowGroup' ? unit.runs.rowCount.length : 0), 0);
}

/** Timestamps as the nearest numbers. */
function numbersOf(timestamps: BigInt64Array): Float64Array {
  const halves = new Int32Array(timestamps.buffer, timestamps.byteOffset, timestamps.length * 2);
  const numbers = new Float64Array(timestamps.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = halves[2 * i + 1] * 4294967296 + (halves[2 * i] >>> 0);
  return numbers;
}

/** The least `limit` of the numbers offered. */
class Least {
  readonly #limit: number;
  /** Those that may be among them; ordered up to `limit` when there were too many. */
  #kept: Float64Array;
  #count = 0;
  #refusedFrom = Infinity;

  /** `offeredMax`: no more than these will be offered. */
  constructor(limit: number, offeredMax: number) {
    this.#limit = limit;
    this.#kept = new Float64Array(Math.min(2 * limit, offeredMax));
  }

  offer(number: number): void {
    if (number >= this.#refusedFrom) return;
    if (this.#count === this.#kept.length) this.#cut();
    this.#kept[this.#count++] = number;
  }

  /** The greatest of them; Infinity when fewer were offered. */
  worst(): number {
    if (this.#count < this.#limit) return Infinity;
    this.#cut();
    return this.#kept[this.#limit - 1];
  }

  #cut(): void {
    this.#kept.subarray(0, this.#count).sort();
    this.#count = this.#limit;
    this.#refusedFrom = this.#kept[this.#limit - 1];
  }
}

function weakened(timestampNs: bigint, direction: Direction): bigint {
  return direction === 'backward' ? timestampNs - ROUNDING_NS : timestampNs + ROUNDING_NS;
}
