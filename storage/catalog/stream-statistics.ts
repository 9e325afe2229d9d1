import { Labels } from '../../src/common/labels.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';
import { selectStreams, type ValueTest } from '../index/select-streams.ts';
import { selectedRanges } from './selected-ranges.ts';
import type { StreamInterner } from './stream-interner.ts';

export interface StreamStatistics {
  readonly labels: Labels;
  /** Chunks that have entries of the stream in the range. */
  readonly chunks: number;
  readonly entries: number;
  /** Of lines. */
  readonly bytes: number;
}

export interface TenantStatistics {
  readonly streams: number;
  /** Counted per stream, as Loki does, whose chunks have one stream each. */
  readonly chunks: number;
  readonly bytes: number;
  readonly entries: number;
}

/**
 * Statistics of the streams of some indexes, from row ranges alone. A range that lies partly in the time range counts in
 * proportion to its time.
 */
export async function collectStreamStatistics(
  indexes: AsyncIterable<ChunkIndex>,
  tests: readonly ValueTest[],
  range: TimeRange,
  interner: StreamInterner,
): Promise<StreamStatistics[]> {
  const sums = new Map<number, { chunks: number; entries: number; bytes: number }>();
  for await (const index of indexes) {
    const table = index.rowRanges();
    let last = -1;
    for (const at of selectedRanges(index, selectStreams(index, tests), range)) {
      const id = interner.idIn(index, table.stream[at]);
      const sum = sums.get(id) ?? { chunks: 0, entries: 0, bytes: 0 };
      const share = shareOf(range, table.minTimestamp[at], table.maxTimestamp[at]);
      sum.entries += share * table.rowCount[at];
      sum.bytes += share * table.lineBytes[at];
      if (id !== last) sum.chunks += 1;
      last = id;
      sums.set(id, sum);
    }
  }
  return [...sums]
    .map(([id, { chunks, entries, bytes }]) => ({
      labels: interner.labelsOf(id),
      chunks,
      entries: Math.round(entries),
      bytes: Math.round(bytes),
    }))
    .sort((a, b) => Labels.compare(a.labels, b.labels));
}

export function totalOf(statistics: readonly StreamStatistics[]): TenantStatistics {
  const total = { streams: statistics.length, chunks: 0, bytes: 0, entries: 0 };
  for (const { chunks, bytes, entries } of statistics) {
    total.chunks += chunks;
    total.bytes += bytes;
    total.entries += entries;
  }
  return total;
}

/** The part of `[min, max]` that lies in the range. */
function shareOf(range: TimeRange, min: bigint, max: bigint): number {
  const from = min < range.start ? range.start : min;
  const to = max >= range.end ? range.end - 1n : max;
  if (from === min && to === max) return 1;
  return Number(to - from + 1n) / Number(max - min + 1n);
}
