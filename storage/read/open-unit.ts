import { unreachable } from '../../src/common/assert.ts';
import { SkaldError } from '../../src/common/errors.ts';
import type { HeadUnit, ScanUnit } from '../../src/common/scan-unit.ts';
import { HeadReader } from './head-reader.ts';
import { OverlapReader } from './overlap-reader.ts';
import { RowGroupReader } from './row-group-reader.ts';
import type { ReadStatistics, UnitReader } from './unit-reader.ts';
import type { UnitSource } from './unit-source.ts';

/** Opens a unit of scan work. Nothing is read before a column is asked for. */
export function openUnit(unit: ScanUnit, source: UnitSource): UnitReader {
  return openWith(unit, source, { columns: new Map(), readMs: 0 });
}

function openWith(unit: ScanUnit, source: UnitSource, statistics: ReadStatistics): UnitReader {
  switch (unit.kind) {
    case 'RowGroup':
      return new RowGroupReader(unit, source, statistics);
    case 'Head':
      return openHead(unit, source, statistics);
    case 'Overlap': {
      const parts = unit.parts.map((part) => openWith(part, source, statistics));
      return new OverlapReader(unit, parts, statistics);
    }
    default:
      return unreachable(unit);
  }
}

function openHead(unit: HeadUnit, source: UnitSource, statistics: ReadStatistics): UnitReader {
  const snapshot = source.headBlocks.get(unit.blockId);
  if (snapshot === undefined) {
    throw new SkaldError('not_found', `Cannot read head block "${unit.blockId}": it was not handed to this reader`);
  }
  return new HeadReader(unit, snapshot, statistics);
}
