import { Labels } from '../../src/common/labels.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { StreamInterner } from './stream-interner.ts';
import type { StreamPiece } from './stream-pieces.ts';

export interface StreamStatistics {
  readonly labels: Labels;
  /** Chunks that have entries of the stream in the range; its part of the head counts as one. */
  readonly chunks: number;
  readonly entries: number;
  /** Of lines and structured metadata: whole KiB, as Loki keeps the sizes of chunks (spec fact 173). */
  readonly bytes: number;
}

export interface TenantStatistics {
  readonly streams: number;
  /** Counted per stream, as Loki does, whose chunks have one stream each. */
  readonly chunks: number;
  readonly bytes: number;
  readonly entries: number;
}

/** The bytes of a stream by ranges of time: `bytes[i]` falls into `ranges[i]`, -1 where the stream has nothing. */
export interface StreamVolumes {
  readonly labels: Labels;
  readonly bytes: Float64Array;
}

const KIB = 1024;

/** Sums of pieces per stream, sorted by Labels.compare. A piece that lies partly in the range counts in proportion. */
export function statisticsOf(
  pieces: readonly StreamPiece[],
  range: TimeRange,
  interner: StreamInterner,
): StreamStatistics[] {
  return streamsOf(pieces, interner).map(({ labels, pieces: own }) => {
    const sources = new Set(own.map(({ source }) => source));
    let entries = 0;
    let bytes = 0;
    for (const piece of own) {
      const share = shareOf(range, piece);
      entries += share * piece.entries;
      bytes += share * piece.bytes;
    }
    return { labels, chunks: sources.size, entries: Math.round(entries), bytes: Math.round(bytes * wholeKib(own)) };
  });
}

/** Bytes of every stream in each of the ranges, which ascend. One stream after the other: `bytes` is used again. */
export function* volumesOf(
  pieces: readonly StreamPiece[],
  ranges: readonly TimeRange[],
  interner: StreamInterner,
): Generator<StreamVolumes> {
  const bytes = new Float64Array(ranges.length);
  for (const { labels, pieces: own } of streamsOf(pieces, interner)) {
    bytes.fill(-1);
    const factor = wholeKib(own);
    for (const piece of own) {
      for (let i = firstEndingAfter(ranges, piece.minTimestamp); i < ranges.length; i++) {
        if (ranges[i].start > piece.maxTimestamp) break;
        bytes[i] = Math.max(bytes[i], 0) + factor * piece.bytes * shareOf(ranges[i], piece);
      }
    }
    yield { labels, bytes };
  }
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

function streamsOf(pieces: readonly StreamPiece[], interner: StreamInterner) {
  const byStream = new Map<number, StreamPiece[]>();
  for (const piece of pieces) {
    const known = byStream.get(piece.stream);
    if (known === undefined) byStream.set(piece.stream, [piece]);
    else known.push(piece);
  }
  return [...byStream]
    .map(([id, own]) => ({ labels: interner.labelsOf(id), pieces: own }))
    .sort((a, b) => Labels.compare(a.labels, b.labels));
}

/** What makes the sum of the pieces' bytes a multiple of 1024. Applied to all parts of it, these still add up. */
function wholeKib(pieces: readonly StreamPiece[]): number {
  const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
  return bytes === 0 ? 0 : (Math.round(bytes / KIB) * KIB) / bytes;
}

function firstEndingAfter(ranges: readonly TimeRange[], timestamp: bigint): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle].end <= timestamp) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The part of a piece's time that lies in the range. */
function shareOf(range: TimeRange, { minTimestamp: min, maxTimestamp: max }: StreamPiece): number {
  const from = min < range.start ? range.start : min;
  const to = max >= range.end ? range.end - 1n : max;
  if (from === min && to === max) return 1;
  return to < from ? 0 : Number(to - from + 1n) / Number(max - min + 1n);
}
