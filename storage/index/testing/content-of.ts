import type { ChunkIndex } from '../chunk-index.ts';
import type { IndexContent } from '../index-content.ts';

/** Everything that an index says. */
export function contentOf(index: ChunkIndex): IndexContent {
  return {
    summary: index.summary,
    streams: Array.from({ length: index.summary.streams }, (_, i) => index.labelsOf(i)),
    tails: index.tails(),
    rowRanges: index.rowRanges(),
    columns: index.columns(),
    rowGroups: index.rowGroups(),
    lateRanges: index.lateRanges(),
    skipTable: index.skipTable(),
    minuteCounts: index.minuteCounts(),
  };
}
