import type { QueryStatistics } from '../../../exec/result/query-statistics.ts';
import { type CacheUse, type FrontendAnswer, NO_CACHE_USE } from '../../services/query-frontend/frontend-answer.ts';

const NO_DATAOBJ = {
  prePredicateDecompressedRows: 0,
  prePredicateDecompressedBytes: 0,
  prePredicateDecompressedStructuredMetadataBytes: 0,
  postPredicateRows: 0,
  postPredicateDecompressedBytes: 0,
  postPredicateStructuredMetadataBytes: 0,
  postFilterRows: 0,
  pagesScanned: 0,
  pagesDownloaded: 0,
  pagesDownloadedBytes: 0,
  pageBatches: 0,
  totalRowsAvailable: 0,
  totalPageDownloadTime: 0,
};

const NO_CACHE = {
  entriesFound: 0,
  entriesRequested: 0,
  entriesStored: 0,
  bytesReceived: 0,
  bytesSent: 0,
  requests: 0,
  downloadTime: 0,
  queryLengthServed: 0,
};

/** What an answer took beside what its statistics say. */
type Work = Pick<FrontendAnswer, 'runs' | 'cache'>;

const ONE_RUN: Work = { runs: 1, cache: NO_CACHE_USE };

/** The `stats` block with all of Loki's members (facts 86 to 90): head counts as ingester, chunks as store. */
export function encodeStats(statistics: QueryStatistics, work: Work = ONE_RUN): object {
  const chunkLines = statistics.linesProcessed - statistics.headLines;
  const store = (lines: 'head' | 'chunks') => storeStats(statistics, lines);
  return {
    summary: summary(statistics, work),
    querier: { store: store('chunks'), querierExecTime: statistics.execMs / 1000 },
    ingester: {
      totalReached: 1,
      totalChunksMatched: statistics.headLines > 0 ? 1 : 0,
      totalBatches: statistics.unitsRead,
      totalLinesSent: chunkLines > 0 ? 0 : statistics.entriesReturned,
      store: store('head'),
    },
    cache: {
      chunk: NO_CACHE,
      index: NO_CACHE,
      result: cacheStats(work.cache),
      statsResult: NO_CACHE,
      volumeResult: NO_CACHE,
      seriesResult: NO_CACHE,
      labelResult: NO_CACHE,
      instantMetricResult: NO_CACHE,
    },
    index: {
      totalChunks: statistics.chunksMatched,
      postFilterChunks: statistics.chunksMatched,
      shardsDuration: 0,
      usedBloomFilters: false,
      totalStreams: statistics.streamsMatched,
      chunkRefsLookupTime: Math.round(statistics.lookupMs * 1e6),
      bloomFilterTime: 0,
    },
  };
}

function summary(statistics: QueryStatistics, { runs }: Work): object {
  const execSeconds = statistics.execMs / 1000;
  const perSecond = (count: number): number => (execSeconds > 0 ? Math.round(count / execSeconds) : 0);
  return {
    bytesProcessedPerSecond: perSecond(statistics.bytesProcessed),
    linesProcessedPerSecond: perSecond(statistics.linesProcessed),
    totalBytesProcessed: statistics.bytesProcessed,
    totalLinesProcessed: statistics.linesProcessed,
    execTime: execSeconds,
    queueTime: statistics.queueMs / 1000,
    subqueries: 0,
    totalEntriesReturned: statistics.entriesReturned,
    splits: runs,
    shards: statistics.workers.length,
    totalPostFilterLines: statistics.linesPostFilter,
    totalStructuredMetadataBytesProcessed: statistics.metadataBytesProcessed,
  };
}

/** Times are nanoseconds. */
function cacheStats(cache: CacheUse): object {
  return {
    entriesFound: cache.keysFound,
    entriesRequested: cache.keysRequested,
    entriesStored: cache.keysStored,
    bytesReceived: cache.bytesReceived,
    bytesSent: cache.bytesSent,
    requests: cache.keysRequested > 0 ? 1 : 0,
    downloadTime: Math.round(cache.downloadMs * 1e6),
    queryLengthServed: Number(cache.servedNs),
  };
}

function storeStats(statistics: QueryStatistics, part: 'head' | 'chunks'): object {
  const head = part === 'head';
  const lines = statistics.linesProcessed - statistics.headLines;
  const bytes = statistics.bytesProcessed - statistics.headBytes;
  return {
    totalChunksRef: head ? 0 : statistics.chunksMatched,
    totalChunksDownloaded: head ? 0 : statistics.chunksMatched,
    chunksDownloadTime: 0,
    queryReferencedStructuredMetadata: false,
    queryUsedV2Engine: false,
    chunk: {
      headChunkBytes: head ? statistics.headBytes : 0,
      headChunkLines: head ? statistics.headLines : 0,
      decompressedBytes: head ? 0 : bytes,
      decompressedLines: head ? 0 : lines,
      compressedBytes: head ? 0 : statistics.pageBytesStored,
      totalDuplicates: 0,
      postFilterLines: head === lines > 0 ? 0 : statistics.linesPostFilter,
      headChunkStructuredMetadataBytes: 0,
      decompressedStructuredMetadataBytes: head ? 0 : statistics.metadataBytesProcessed,
    },
    chunkRefsFetchTime: head ? 0 : Math.round(statistics.lookupMs * 1e6),
    congestionControlLatency: 0,
    pipelineWrapperFilteredLines: 0,
    dataobj: NO_DATAOBJ,
  };
}
