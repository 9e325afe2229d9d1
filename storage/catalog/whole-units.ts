import type { RowGroupUnit } from '../../src/common/scan-unit.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';
import { unitsOfChunk } from './chunk-units.ts';

/** All rows of each row group of a chunk; stream ordinals are those of the chunk. */
export function wholeUnits(index: ChunkIndex): RowGroupUnit[] {
  const { stream } = index.rowRanges();
  const ordinalOf = new Map(Array.from({ length: index.summary.streams }, (_, i) => [i, i]));
  return unitsOfChunk({ index, ranges: [...stream.keys()], streamIds: stream }, ordinalOf);
}
