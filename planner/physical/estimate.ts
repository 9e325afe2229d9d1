import type { ColumnPages, RowGroupUnit, ScanUnit } from '../../src/common/scan-unit.ts';
import { needsBefore, NEEDS_NOTHING, toProjection } from '../logical/needs.ts';
import type { Projection } from '../logical/plan.ts';
import { unite } from '../logical/stage-traits.ts';
import type { ChunkScan, Estimate } from './plan.ts';

export const NOTHING_READ: Estimate = { streams: 0, units: 0, rows: 0, lineBytes: 0, pages: 0, pageBytes: 0 };

export function addEstimates(a: Estimate, b: Estimate): Estimate {
  return {
    streams: a.streams + b.streams,
    units: a.units + b.units,
    rows: a.rows + b.rows,
    lineBytes: a.lineBytes + b.lineBytes,
    pages: a.pages + b.pages,
    pageBytes: a.pageBytes + b.pageBytes,
  };
}

/** What reading the units costs at most; `late` is what a TopK above the scan loads. Head units have no pages. */
export function estimate(scan: ChunkScan, late: Projection, streams: number, units: readonly ScanUnit[]): Estimate {
  const needed = columnsOf(scan, late);
  const total = { ...NOTHING_READ, streams, units: units.length };
  for (const unit of units) {
    total.rows += unit.rowCount;
    total.lineBytes += unit.lineBytes;
    for (const { columns } of rowGroupsOf(unit)) addPages(total, columns, needed);
  }
  return total;
}

/** The scan's projection, what its predicates test, and late columns together. */
function columnsOf({ predicates, projection }: ChunkScan, late: Projection): Projection {
  const tested = toProjection(predicates.reduceRight((needs, stage) => needsBefore(stage, needs), NEEDS_NOTHING));
  return {
    line: projection.line || late.line || tested.line,
    metadata: unite(projection.metadata, late.metadata, tested.metadata),
  };
}

function addPages(
  total: { pages: number; pageBytes: number },
  columns: readonly ColumnPages[],
  needed: Projection,
): void {
  for (const column of columns) {
    if (!isNeeded(column, columns, needed)) continue;
    for (const { length } of column.pages) {
      if (length === 0) continue;
      total.pages++;
      total.pageBytes += length;
    }
  }
}

function rowGroupsOf(unit: ScanUnit): readonly RowGroupUnit[] {
  if (unit.kind === 'Overlap') return unit.parts.flatMap((part) => rowGroupsOf(part));
  return unit.kind === 'RowGroup' ? [unit] : [];
}

/** The level that ingest detects has a column of its own (spec fact 196). */
const LEVEL_NAME = 'detected_level';

/** The stream column is never read: the unit says which rows are whose. Names without a column are in the map. */
function isNeeded({ name }: ColumnPages, columns: readonly ColumnPages[], { line, metadata }: Projection): boolean {
  if (name === 'timestamp') return true;
  if (name === 'line') return line;
  if (name !== 'level' && name !== 'metadata' && !name.startsWith('metadata.')) return false;
  if (metadata === 'all') return true;
  if (name !== 'metadata') return metadata.some((wanted) => columnOf(wanted) === name);
  return metadata.some((wanted) => !columns.some((column) => column.name === columnOf(wanted)));
}

function columnOf(metadataName: string): string {
  return metadataName === LEVEL_NAME ? 'level' : `metadata.${metadataName}`;
}
