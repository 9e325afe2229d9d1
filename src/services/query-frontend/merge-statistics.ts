import { NO_STATISTICS, type QueryStatistics } from '../../../exec/result/query-statistics.ts';

const SUMMED = [
  'execMs',
  'planMs',
  'linesProcessed',
  'bytesProcessed',
  'metadataBytesProcessed',
  'linesPostFilter',
  'headLines',
  'headBytes',
  'pagesRead',
  'pageBytesStored',
  'pageBytesRaw',
  'chunksMatched',
  'streamsMatched',
  'unitsTotal',
  'unitsRead',
  'lookupMs',
] as const satisfies readonly (keyof QueryStatistics)[];

/**
 * What the parts of an answer did together: sums, as Loki sums its splits; the longest wait, since parts wait side by side.
 * Operators are those of plans, of which there is none for the whole.
 */
export function mergeStatistics(parts: readonly QueryStatistics[], entriesReturned: number): QueryStatistics {
  const total: { -readonly [Name in keyof QueryStatistics]: QueryStatistics[Name] } = { ...NO_STATISTICS };
  for (const part of parts) {
    for (const name of SUMMED) total[name] += part[name];
    total.queueMs = Math.max(total.queueMs, part.queueMs);
    total.workers = [...total.workers, ...part.workers];
  }
  return { ...total, entriesReturned };
}
