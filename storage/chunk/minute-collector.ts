import { ANY_LEVEL } from '../../src/common/minute-counts.ts';
import type { MinuteTable } from '../index/minute-table.ts';
import type { RowRanges } from '../index/index-content.ts';
import type { Cut } from './cut.ts';
import type { MetadataPlan } from './plan-metadata.ts';
import type { SortedRows } from './sort-rows.ts';

const NS_PER_MINUTE = 60e9;
/** A row range has cells when there are at least this many rows for each: about 2 % of the bytes that the rows take. */
export const ROWS_PER_CELL_MIN = 4;

/** Counts rows and bytes of lines of each row range by minute and level; by minute alone where levels do not pay. */
export class MinuteCollector {
  readonly #cut: Cut;
  readonly #rows: SortedRows;
  readonly #lengths: Uint32Array;
  readonly #levelIndex: Int32Array;
  readonly #firstCell = [0];
  readonly #minute: number[] = [];
  readonly #level: number[] = [];
  readonly #rowCount: number[] = [];
  readonly #lineBytes: number[] = [];
  /** By level, of the minute that is being counted. */
  readonly #levelRows: Uint32Array;
  readonly #levelBytes: Float64Array;
  readonly #hasLevels: boolean;

  constructor(cut: Cut, rows: SortedRows, lengths: Uint32Array, { levels, levelIndex }: MetadataPlan) {
    this.#cut = cut;
    this.#rows = rows;
    this.#lengths = lengths;
    this.#levelIndex = levelIndex;
    this.#hasLevels = levels.length + 1 < ANY_LEVEL;
    this.#levelRows = new Uint32Array(levels.length + 1);
    this.#levelBytes = new Float64Array(levels.length + 1);
  }

  /** The ranges of all row groups, which begin at the sorted rows `starts`. Null when no range has cells. */
  collect({ rowCount, groupStart }: RowRanges, starts: readonly number[]): MinuteTable | null {
    for (let group = 0; group + 1 < groupStart.length; group++) {
      let row = starts[group];
      for (let range = groupStart[group]; range < groupStart[group + 1]; range++) {
        this.#addRange(row, row + rowCount[range]);
        row += rowCount[range];
        this.#firstCell.push(this.#rowCount.length);
      }
    }
    if (this.#rowCount.length === 0) return null;
    return {
      firstCell: Uint32Array.from(this.#firstCell),
      minute: Uint32Array.from(this.#minute),
      level: Uint8Array.from(this.#level),
      rowCount: Uint32Array.from(this.#rowCount),
      lineBytes: Uint32Array.from(this.#lineBytes),
    };
  }

  /** Rows `[first, end)` of one stream, ascending in time. */
  #addRange(first: number, end: number): void {
    const cellsMax = Math.floor((end - first) / ROWS_PER_CELL_MIN);
    if (cellsMax === 0) return;
    const firstCell = this.#rowCount.length;
    if (this.#hasLevels && this.#addCells(first, end, cellsMax, true)) return;
    this.#truncate(firstCell);
    if (!this.#addCells(first, end, cellsMax, false)) this.#truncate(firstCell);
  }

  /** Gives up, with false, when there are more than `cellsMax` cells. */
  #addCells(first: number, end: number, cellsMax: number, byLevel: boolean): boolean {
    const { time } = this.#rows;
    const cellsBefore = this.#rowCount.length;
    let previous = 0;
    for (let row = first; row < end;) {
      const minute = Math.ceil(time[row] / NS_PER_MINUTE);
      const endNs = minute * NS_PER_MINUTE;
      let last = row + 1;
      while (last < end && time[last] <= endNs) last++;
      if (byLevel) this.#addLevels(row, last, minute - previous);
      else this.#addCell(minute - previous, ANY_LEVEL, last - row, this.#bytesOf(row, last));
      if (this.#rowCount.length - cellsBefore > cellsMax) return false;
      previous = minute;
      row = last;
    }
    return true;
  }

  #addLevels(first: number, end: number, minutesLater: number): void {
    const { block: blocks, row: rows } = this.#rows;
    this.#levelRows.fill(0);
    this.#levelBytes.fill(0);
    for (let i = first; i < end; i++) {
      const level = 1 + this.#levelIndex[this.#cut.blocks[blocks[i]].block.level[rows[i]]];
      this.#levelRows[level]++;
      this.#levelBytes[level] += this.#lengths[i];
    }
    let delta = minutesLater;
    for (let level = 0; level < this.#levelRows.length; level++) {
      if (this.#levelRows[level] === 0) continue;
      this.#addCell(delta, level, this.#levelRows[level], this.#levelBytes[level]);
      delta = 0;
    }
  }

  #addCell(minutesLater: number, level: number, rows: number, lineBytes: number): void {
    this.#minute.push(minutesLater);
    this.#level.push(level);
    this.#rowCount.push(rows);
    this.#lineBytes.push(lineBytes);
  }

  #bytesOf(first: number, end: number): number {
    let bytes = 0;
    for (let i = first; i < end; i++) bytes += this.#lengths[i];
    return bytes;
  }

  #truncate(cells: number): void {
    this.#minute.length = cells;
    this.#level.length = cells;
    this.#rowCount.length = cells;
    this.#lineBytes.length = cells;
  }
}
