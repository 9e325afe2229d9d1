import type { RowGroupUnit } from '../../src/common/scan-unit.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';
import { unitsOfChunk } from './chunk-units.ts';

/** All rows of each row group of a chunk; stream ordinals are those of the chunk. */
export function wholeUnits(index: ChunkIndex): RowGroupUnit[] {
  const { stream } = index.rowRanges();
  const places = Uint32Array.from({ length: index.summary.streams }, (_, i) => i + 1);
  return unitsOfChunk({ index, ranges: Uint32Array.from(stream.keys()), streamIds: stream }, places);
}
