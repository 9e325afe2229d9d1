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
  const best: number[] = [];
  let wholeRun = Infinity;
  for (const unit of units) {
    if (unit.kind !== 'RowGroup' || unit.excluded.length > 0) continue;
    const { minTimestamp, maxTimestamp, rowCount } = unit.runs;
    for (let run = 0; run < rowCount.length; run++) {
      const [min, max] = [minTimestamp[run], maxTimestamp[run]];
      if (min < range.start || max >= range.end) continue;
      best.push(sign * Number(direction === 'backward' ? max : min));
      if (rowCount[run] >= limit) wholeRun = Math.min(wholeRun, sign * Number(direction === 'backward' ? min : max));
    }
  }
  const sorted = Float64Array.from(best).sort();
  const bound = Math.min(wholeRun, sorted[limit - 1] ?? Infinity);
  return bound === Infinity ? null : weakened(BigInt(sign * bound), direction);
}

function weakened(timestampNs: bigint, direction: Direction): bigint {
  return direction === 'backward' ? timestampNs - ROUNDING_NS : timestampNs + ROUNDING_NS;
}
