import { utcDay } from '../../common/time.ts';
import { halvesOf, isAfter, timestampOf } from '../../../storage/head/columns.ts';
import type { EntryBatch } from '../../../storage/head/entry-batch.ts';
import { selectRows } from '../../../storage/head/select-rows.ts';

/** The rows of a WAL record whose day is not committed; null when there is none. */
export function uncommittedRows(batch: EntryBatch, isCommitted: (day: string) => boolean): EntryBatch | null {
  const days = daysOf(batch);
  const committed = new Set([...days].filter((day) => isCommitted(day)));
  if (committed.size === 0) return batch;
  if (committed.size === days.size) return null;
  const rows: number[] = [];
  for (let row = 0; row < batch.rowCount; row++) if (!committed.has(utcDay(batch.timestamp[row]))) rows.push(row);
  return selectRows(batch, rows);
}

/** The days of all rows. Nearly always it is one, which the bounds tell. */
function daysOf(batch: EntryBatch): Set<string> {
  const halves = halvesOf(batch.timestamp);
  let min = 0;
  let max = 0;
  for (let row = 1; row < batch.rowCount; row++) {
    if (isAfter(halves[2 * row + 1], halves[2 * row], halves[2 * max + 1], halves[2 * max])) max = row;
    else if (isAfter(halves[2 * min + 1], halves[2 * min], halves[2 * row + 1], halves[2 * row])) min = row;
  }
  const first = utcDay(timestampOf(halves[2 * min + 1], halves[2 * min]));
  const last = utcDay(timestampOf(halves[2 * max + 1], halves[2 * max]));
  if (first === last) return new Set([first]);
  return new Set(Array.from(batch.timestamp.subarray(0, batch.rowCount), (timestamp) => utcDay(timestamp)));
}
