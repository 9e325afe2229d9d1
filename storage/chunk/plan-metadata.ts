import type { HeadBlock } from '../read/head-block.ts';
import { ByteInterner } from '../../src/common/byte-interner.ts';
import type { Cut } from './cut.ts';
import type { SortedRows } from './sort-rows.ts';

/** Names with columns of their own, at most. */
export const METADATA_COLUMNS_MAX = 32;
/** A name has a column of its own when it is on one of this many rows at least. */
export const METADATA_COLUMN_ROWS_PER_VALUE = 256;
/** Distinct values of a dictionary, at most. */
export const DICTIONARY_VALUES_MAX = 4096;

/** How the structured metadata of a chunk is laid out in columns. */
export interface MetadataPlan {
  /** Level codes of the head (1 based) → index in `levels`, or -1. */
  readonly levelIndex: Int32Array;
  /** Empty: no column. */
  readonly levels: readonly string[];
  readonly columns: readonly MetadataColumn[];
  /** Some name has no column. */
  readonly hasMap: boolean;
  /** By the head's name id: position in `columns`; MAP when in the map, ABSENT when on no row. */
  readonly columnOfName: Int32Array;
}

export const IN_MAP = -1;

export interface MetadataColumn {
  readonly name: string;
  readonly nameId: number;
  readonly dictionary: ColumnDictionary | null;
}

export interface ColumnDictionary {
  readonly values: readonly string[];
  /** By block, then pair: index in `values`; only pairs of this name count. */
  readonly codes: readonly Int32Array[];
}

export function planMetadata(cut: Cut, rows: SortedRows): MetadataPlan {
  const counts = countNames(cut, rows);
  const frequent = [...counts.keys()]
    .filter((id) => counts[id] * METADATA_COLUMN_ROWS_PER_VALUE >= rows.rowCount && counts[id] !== 0)
    .sort((a, b) => counts[b] - counts[a] || a - b)
    .slice(0, METADATA_COLUMNS_MAX);
  const columnOfName = new Int32Array(cut.metadataNames.length).fill(IN_MAP);
  for (const [column, id] of frequent.entries()) columnOfName[id] = column;
  const dictionaries = buildDictionaries(cut, rows, columnOfName, frequent, counts);
  const columns = frequent.map((nameId, i) => ({
    name: cut.metadataNames[nameId],
    nameId,
    dictionary: dictionaries[i] ?? null,
  }));
  const hasMap = counts.some((count, id) => count > 0 && columnOfName[id] === IN_MAP);
  return { ...planLevels(cut, rows), columns, hasMap, columnOfName };
}

function planLevels(cut: Cut, rows: SortedRows) {
  const levelIndex = new Int32Array(cut.levels.length + 1).fill(-1);
  const levels: string[] = [];
  for (let i = 0; i < rows.rowCount; i++) {
    const code = blockAt(cut, rows, i).level[rows.row[i]];
    if (code === 0 || levelIndex[code] !== -1) continue;
    levelIndex[code] = levels.length;
    levels.push(cut.levels[code - 1]);
  }
  return { levelIndex, levels };
}

/** Rows on which each name is. */
function countNames(cut: Cut, rows: SortedRows): Uint32Array {
  const counts = new Uint32Array(cut.metadataNames.length);
  for (let i = 0; i < rows.rowCount; i++) {
    const { metadataOffsets, metadataName } = blockAt(cut, rows, i);
    const row = rows.row[i];
    for (let pair = metadataOffsets[row]; pair < metadataOffsets[row + 1]; pair++) {
      const id = metadataName[pair];
      counts[id] = counts[id] + 1;
    }
  }
  return counts;
}

/** Dictionaries of those columns that have few distinct values. */
function buildDictionaries(
  cut: Cut,
  rows: SortedRows,
  columnOfName: Int32Array,
  frequent: readonly number[],
  counts: Uint32Array,
): (ColumnDictionary | null)[] {
  if (frequent.length === 0) return [];
  const interners = frequent.map(
    (id): ByteInterner | null => new ByteInterner(Math.min(DICTIONARY_VALUES_MAX, Math.ceil(counts[id] / 2))),
  );
  const codes = cut.blocks.map(({ block, rowCount }) => new Int32Array(block.metadataOffsets[rowCount]));
  for (let i = 0; i < rows.rowCount; i++) {
    const { metadataOffsets, metadataName, metadataValueOffsets, metadataValues } = blockAt(cut, rows, i);
    const row = rows.row[i];
    const blockCodes = codes[rows.block[i]] as Int32Array;
    for (let pair = metadataOffsets[row]; pair < metadataOffsets[row + 1]; pair++) {
      const column = columnOfName[metadataName[pair]];
      const interner = column === IN_MAP ? null : interners[column];
      if (interner === null || interner === undefined) continue;
      const start = metadataValueOffsets[pair];
      const code = interner.intern(metadataValues, start, metadataValueOffsets[pair + 1]);
      if (code >= 0) blockCodes[pair] = code;
      else interners[column] = null;
    }
  }
  return interners.map((interner) => (interner === null ? null : { values: interner.values(), codes }));
}

function blockAt(cut: Cut, rows: SortedRows, i: number): HeadBlock {
  return cut.blocks[rows.block[i]].block;
}
