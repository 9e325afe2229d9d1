import type { MetadataColumn } from './label-cascade.ts';
import type { LabelledRows } from './labelled-rows.ts';
import { DUPLICATE_SUFFIX } from './parse-target.ts';
import type { StreamTableIndex } from './stream-label-values.ts';
import { ABSENT } from './view-column.ts';

/**
 * Metadata columns by the name that queries see: a row whose stream has the name as a label shows its metadata as
 * `name_extracted` (fact 122), unless it has metadata of that name too. Columns that no selected row moves are not copied.
 */
export function placeMetadata(
  rows: LabelledRows,
  metadata: ReadonlyMap<string, MetadataColumn>,
  index: StreamTableIndex,
): Map<string, MetadataColumn> {
  const placed = new Map(metadata);
  for (const [name, column] of metadata) {
    if (!index.mayHave(name)) continue;
    const shadowed = shadowedRows(rows, column, index, name);
    if (shadowed.length === 0) continue;
    const stays = copyOf(column);
    const moved = movedColumn(placed.get(name + DUPLICATE_SUFFIX), column, shadowed);
    for (const row of shadowed) stays.length[row] = ABSENT;
    placed.set(name, stays);
    placed.set(name + DUPLICATE_SUFFIX, moved);
  }
  return placed;
}

function shadowedRows(rows: LabelledRows, column: MetadataColumn, index: StreamTableIndex, name: string): number[] {
  const values = index.values(name);
  const shadowed: number[] = [];
  for (let i = 0; i < rows.selectedCount; i++) {
    const row = rows.selection[i];
    if (column.length[row] >= 0 && values.has(rows.stream[row])) shadowed.push(row);
  }
  return shadowed;
}

function copyOf(column: MetadataColumn): MetadataColumn {
  return { start: column.start, length: column.length.slice(), values: column.values };
}

/** `column`'s values of the given rows; a row of `explicit` that has a value of its own keeps it. */
function movedColumn(
  explicit: MetadataColumn | undefined,
  column: MetadataColumn,
  moved: readonly number[],
): MetadataColumn {
  if (explicit === undefined) {
    const length = new Int32Array(column.length.length).fill(ABSENT);
    for (const row of moved) length[row] = column.length[row];
    return { start: column.start, length, values: column.values };
  }
  const values = new Uint8Array(explicit.values.length + column.values.length);
  values.set(explicit.values);
  values.set(column.values, explicit.values.length);
  const start = explicit.start.slice();
  const length = explicit.length.slice();
  for (const row of moved) {
    if (length[row] >= 0) continue;
    start[row] = column.start[row] + explicit.values.length;
    length[row] = column.length[row];
  }
  return { start, length, values };
}
