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
  const columns = columnsOf(scan, late);
  return units.map((unit) => estimateUnit(unit, columns)).reduce(addEstimates, { ...NOTHING_READ, streams });
}

/** The scan's projection, what its predicates test, and late columns together. */
function columnsOf({ predicates, projection }: ChunkScan, late: Projection): Projection {
  const tested = toProjection(predicates.reduceRight((needs, stage) => needsBefore(stage, needs), NEEDS_NOTHING));
  return {
    line: projection.line || late.line || tested.line,
    metadata: unite(projection.metadata, late.metadata, tested.metadata),
  };
}

function estimateUnit(unit: ScanUnit, columns: Projection): Estimate {
  const { rowCount: rows, lineBytes } = unit;
  const pages = rowGroupsOf(unit)
    .flatMap((rowGroup) => neededColumns(rowGroup.columns, columns))
    .flatMap((column) => column.pages.filter(({ length }) => length > 0));
  const pageBytes = pages.reduce((total, { length }) => total + length, 0);
  return { streams: 0, units: 1, rows, lineBytes, pages: pages.length, pageBytes };
}

function rowGroupsOf(unit: ScanUnit): readonly RowGroupUnit[] {
  if (unit.kind === 'Overlap') return unit.parts.flatMap((part) => rowGroupsOf(part));
  return unit.kind === 'RowGroup' ? [unit] : [];
}

/** The level that ingest detects has a column of its own (spec fact 196). */
const LEVEL_NAME = 'detected_level';

/** The stream column is never read: the unit says which rows are whose. */
function neededColumns(columns: readonly ColumnPages[], { line, metadata }: Projection): readonly ColumnPages[] {
  const isMetadata = ({ name }: ColumnPages): boolean =>
    name === 'level' || name === 'metadata' || name.startsWith('metadata.');
  const names = metadata === 'all' ? null : new Set(metadata.map((name) => columnOf(name, columns)));
  return columns.filter((column) => {
    if (column.name === 'timestamp') return true;
    if (column.name === 'line') return line;
    return isMetadata(column) && (names === null || names.has(column.name));
  });
}

/** Names without a column of their own are looked up in the map. */
function columnOf(name: string, columns: readonly ColumnPages[]): string {
  const own = name === LEVEL_NAME ? 'level' : `metadata.${name}`;
  return columns.some((column) => column.name === own) ? own : 'metadata';
}
