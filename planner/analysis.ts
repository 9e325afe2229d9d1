/**
 * What a run of a plan did, as far as EXPLAIN ANALYZE shows it. Declared here because the planner does not know the
 * executor; the executor's query statistics have this shape.
 */
export interface Analysis {
  readonly execMs: number;
  readonly queueMs: number;
  readonly linesProcessed: number;
  readonly bytesProcessed: number;
  readonly linesPostFilter: number;
  readonly entriesReturned: number;
  readonly headLines: number;
  readonly pagesRead: number;
  readonly pageBytesStored: number;
  readonly pageBytesRaw: number;
  readonly unitsTotal: number;
  readonly unitsRead: number;
  /** By node id of the physical plan, summed over workers. */
  readonly operators: ReadonlyMap<number, OperatorAnalysis>;
  readonly workers: readonly WorkerAnalysis[];
}

export interface OperatorAnalysis {
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly batches: number;
  /** Time in the operator without its inputs. */
  readonly ms: number;
  /** By column: what a scan read. */
  readonly columns: ReadonlyMap<string, ColumnAnalysis>;
}

export interface ColumnAnalysis {
  readonly pages: number;
  readonly storedBytes: number;
  readonly rawBytes: number;
}

export interface WorkerAnalysis {
  readonly worker: number;
  readonly tasks: number;
  readonly busyMs: number;
  readonly peakBytes: number;
}
