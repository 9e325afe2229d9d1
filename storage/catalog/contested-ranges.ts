import type { StreamTimeRange } from '../../src/common/scan-unit.ts';

/** Where a source (a chunk, or the head) may have entries of a stream; both bounds inclusive. */
export interface SourceInterval {
  readonly source: string;
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
}

/** The parts of `range` in which at least two different sources may have entries; ascending, not touching. */
export function contestedRanges(range: StreamTimeRange, intervals: readonly SourceInterval[]): StreamTimeRange[] {
  const edges: { readonly at: bigint; readonly source: string; readonly step: 1 | -1 }[] = [];
  for (const { source, minTimestamp, maxTimestamp } of intervals) {
    const from = minTimestamp > range.minTimestamp ? minTimestamp : range.minTimestamp;
    const to = maxTimestamp < range.maxTimestamp ? maxTimestamp : range.maxTimestamp;
    if (from > to) continue;
    edges.push({ at: from, source, step: 1 }, { at: to + 1n, source, step: -1 });
  }
  edges.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const open = new Map<string, number>();
  const found: StreamTimeRange[] = [];
  let start: bigint | null = null;
  for (let i = 0; i < edges.length; i++) {
    const { at, source, step } = edges[i];
    const depth = (open.get(source) ?? 0) + step;
    if (depth === 0) open.delete(source);
    else open.set(source, depth);
    if (i + 1 < edges.length && edges[i + 1].at === at) continue;
    if (open.size > 1) start ??= at;
    else if (start !== null) {
      found.push({ stream: range.stream, minTimestamp: start, maxTimestamp: at - 1n });
      start = null;
    }
  }
  return found;
}
