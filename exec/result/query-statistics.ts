/** What a query did. Times are milliseconds; bytes are of lines unless the name says otherwise. */
export interface QueryStatistics {
  readonly execMs: number;
  readonly queueMs: number;
  readonly planMs: number;
  /** Entries that the scan looked at, and their line bytes whether or not the line page was read. */
  readonly linesProcessed: number;
  readonly bytesProcessed: number;
  readonly metadataBytesProcessed: number;
  /** Entries that passed all filters, and those in the answer. */
  readonly linesPostFilter: number;
  readonly entriesReturned: number;
  /** Of these, from the head. */
  readonly headLines: number;
  readonly headBytes: number;
  /** Pages read from chunks: count, bytes as stored, bytes decompressed. */
  readonly pagesRead: number;
  readonly pageBytesStored: number;
  readonly pageBytesRaw: number;
  readonly chunksMatched: number;
  readonly streamsMatched: number;
  readonly unitsTotal: number;
  readonly unitsRead: number;
  readonly lookupMs: number;
  /** By node id of the physical plan, summed over workers. */
  readonly operators: ReadonlyMap<number, OperatorStatistics>;
  readonly workers: readonly WorkerStatistics[];
}

/** Of what was answered without reading an entry. */
export const NO_STATISTICS: QueryStatistics = {
  execMs: 0,
  queueMs: 0,
  planMs: 0,
  linesProcessed: 0,
  bytesProcessed: 0,
  metadataBytesProcessed: 0,
  linesPostFilter: 0,
  entriesReturned: 0,
  headLines: 0,
  headBytes: 0,
  pagesRead: 0,
  pageBytesStored: 0,
  pageBytesRaw: 0,
  chunksMatched: 0,
  streamsMatched: 0,
  unitsTotal: 0,
  unitsRead: 0,
  lookupMs: 0,
  operators: new Map(),
  workers: [],
};

export interface OperatorStatistics {
  rowsIn: number;
  rowsOut: number;
  batches: number;
  /** Time in this operator without its inputs. */
  ms: number;
  /** By column: what a scan read. */
  readonly columns: Map<string, { pages: number; storedBytes: number; rawBytes: number }>;
}

export interface WorkerStatistics {
  readonly worker: number;
  readonly tasks: number;
  readonly busyMs: number;
  readonly peakBytes: number;
}
