/** What the scans of one worker counted. */
export interface ScanCounters {
  unitsRead: number;
  /** Rows that were looked at, and the bytes of their lines whether or not these were read. */
  rows: number;
  lineBytes: number;
  /** Of these, from heads. */
  headRows: number;
  headLineBytes: number;
  /** Rows that passed all stages. */
  rowsPassed: number;
  columns: Map<string, ColumnCounters>;
  readMs: number;
}

export interface ColumnCounters {
  pages: number;
  storedBytes: number;
  rawBytes: number;
}

export function noScanCounters(): ScanCounters {
  return {
    unitsRead: 0,
    rows: 0,
    lineBytes: 0,
    headRows: 0,
    headLineBytes: 0,
    rowsPassed: 0,
    columns: new Map(),
    readMs: 0,
  };
}

/** Adds `from` to `into`, column by column. */
export function addColumns(into: Map<string, ColumnCounters>, from: ReadonlyMap<string, ColumnCounters>): void {
  for (const [name, { pages, storedBytes, rawBytes }] of from) {
    const total = into.get(name);
    if (total === undefined) into.set(name, { pages, storedBytes, rawBytes });
    else {
      total.pages += pages;
      total.storedBytes += storedBytes;
      total.rawBytes += rawBytes;
    }
  }
}

export function addCounters(into: ScanCounters, from: ScanCounters): void {
  into.unitsRead += from.unitsRead;
  into.rows += from.rows;
  into.lineBytes += from.lineBytes;
  into.headRows += from.headRows;
  into.headLineBytes += from.headLineBytes;
  into.rowsPassed += from.rowsPassed;
  into.readMs += from.readMs;
  addColumns(into.columns, from.columns);
}
