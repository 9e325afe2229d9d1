import type { Projection } from '../../planner/logical/plan.ts';
import type { Labels } from '../../src/common/labels.ts';
import { LEVEL_LABEL } from '../../src/common/level-label.ts';
import type { RowGroupUnit } from '../../src/common/scan-unit.ts';

/** What tells the series of a stream's rows in a row group: the stream, stream and level, or nothing but the row. */
export type ToldBy = 'stream' | 'level' | 'row';

/**
 * By stream. The stream's labels are enough where metadata of the projected names does not occur in the row group, or is
 * hidden by a stream label of that name (fact 122).
 */
export function toldBy(
  { columns, totalRows }: RowGroupUnit,
  names: Projection['metadata'],
  streams: readonly Labels[],
): (stream: number) => ToldBy {
  const stored = columns
    .filter(({ name, nullCount }) => nullCount < totalRows && isMetadata(name))
    .map(({ name }) => name);
  if (names === 'all') {
    if (stored.length === 0) return () => 'stream';
    const isLevelOnly = stored.every((name) => name === 'level');
    // The level of a stream that has a label of the name is called otherwise.
    return (stream) => (isLevelOnly && !streams[stream].has(LEVEL_LABEL) ? 'level' : 'row');
  }
  const hasLevelColumn = columns.some(({ name }) => name === 'level');
  // A name with a column is not in the map, in which all others may be.
  const mayOccur = names.filter((name) =>
    stored.includes('metadata') && !(name === LEVEL_LABEL && hasLevelColumn) ? true : stored.includes(columnOf(name)),
  );
  return (stream) => {
    const shown = mayOccur.filter((name) => !streams[stream].has(name));
    if (shown.length === 0) return 'stream';
    return hasLevelColumn && shown.every((name) => name === LEVEL_LABEL) ? 'level' : 'row';
  };
}

function isMetadata(column: string): boolean {
  return column === 'level' || column === 'metadata' || column.startsWith('metadata.');
}

function columnOf(name: string): string {
  return name === LEVEL_LABEL ? 'level' : `metadata.${name}`;
}
