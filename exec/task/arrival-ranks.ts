import type { HeadUnit, OverlapUnit, RowGroupUnit, ScanUnit } from '../../src/common/scan-unit.ts';

/**
 * Position of each unit in the order in which its entries arrived (fact 15): chunks before heads, chunks by the time of
 * their object's name, head blocks by their number. It only decides between entries of one stream with equal
 * timestamps.
 */
export function arrivalRanks(units: readonly ScanUnit[]): Uint32Array {
  const order = units.map((_, i) => i).sort((a, b) => compareArrival(units[a], units[b]));
  const ranks = new Uint32Array(units.length);
  order.forEach((unit, rank) => (ranks[unit] = rank));
  return ranks;
}

const KIND_ORDER: Record<ScanUnit['kind'], number> = { RowGroup: 0, Overlap: 1, Head: 2 };

function compareArrival(a: ScanUnit, b: ScanUnit): number {
  if (a.kind === 'RowGroup' && b.kind === 'RowGroup') return compareRowGroups(a, b);
  if (a.kind === 'Head' && b.kind === 'Head') return compareHeads(a, b);
  if (a.kind === 'Overlap' && b.kind === 'Overlap') return compareOverlaps(a, b);
  return KIND_ORDER[a.kind] - KIND_ORDER[b.kind];
}

function compareRowGroups(a: RowGroupUnit, b: RowGroupUnit): number {
  const [left, right] = [objectName(a.chunkKey), objectName(b.chunkKey)];
  return left < right ? -1 : left > right ? 1 : a.rowGroup - b.rowGroup;
}

/** The last part of the key begins with a ULID: its order is that of the times at which the objects were made. */
function objectName(chunkKey: string): string {
  return chunkKey.slice(chunkKey.lastIndexOf('/') + 1);
}

function compareHeads(a: HeadUnit, b: HeadUnit): number {
  return blockNumber(a.blockId) - blockNumber(b.blockId) || a.firstRow - b.firstRow;
}

function blockNumber(blockId: string): number {
  return Number(blockId.slice(blockId.lastIndexOf('/') + 1));
}

function compareOverlaps(a: OverlapUnit, b: OverlapUnit): number {
  return a.minTimestamp < b.minTimestamp ? -1 : a.minTimestamp > b.minTimestamp ? 1 : 0;
}
