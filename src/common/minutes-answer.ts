import type { ScanUnit } from './scan-unit.ts';

/** What a catalog found out about the minutes of units. */
export interface MinutesAnswer {
  /** The same units in the same order, row groups with what is known of their minutes. */
  readonly units: readonly ScanUnit[];
  readonly report: MinutesReport;
}

export interface MinutesReport {
  /** Row groups among the units. */
  readonly rowGroups: number;
  /** Rows of their selected runs, and those in runs with cells. */
  readonly rows: number;
  readonly countedRows: number;
  /** Chunks whose counts could not be read: their rows are. */
  readonly unreadable: number;
  readonly ms: number;
}
