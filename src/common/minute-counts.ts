/**
 * How many rows each run of a row group has in each minute, as its index tells. A cell is a minute, or a minute and a
 * level; the cells of a run follow its rows: minutes ascend, and together they have all rows of the run. A minute is named
 * by its end, `(end - 60 s, end]`, as windows are.
 */
export interface MinuteCounts {
  /** Minutes since the epoch, from which `minute` counts. */
  readonly baseMinute: number;
  /** Run i has the cells `[firstCell[i], endCell[i])`; none where nothing is known. */
  readonly firstCell: Uint32Array;
  readonly endCell: Uint32Array;
  /** Of the first cell of a run the end of its minute; of others how much later it is than that of the cell before. */
  readonly minute: Uint32Array;
  readonly level: Uint8Array | Uint32Array;
  readonly rowCount: Uint32Array;
  readonly lineBytes: Uint32Array;
}

/** Levels: none, all together, or 1 + number in the dictionary of the `level` column. */
export const NO_LEVEL = 0;
export const ANY_LEVEL = 255;
