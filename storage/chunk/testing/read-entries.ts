import { must } from '../../../src/common/assert.ts';
import type { Labels } from '../../../src/common/labels.ts';
import type { ScanUnit } from '../../../src/common/scan-unit.ts';
import type { TimeRange } from '../../../src/common/time.ts';
import { decodeUtf8 } from '../../../src/common/utf8.ts';
import { openUnit } from '../../read/open-unit.ts';
import type { OptionalValues, UnitReader } from '../../read/unit-reader.ts';
import type { UnitSource } from '../../read/unit-source.ts';
import type { PlainEntry } from './build-cut.ts';

export const ALL_TIME: TimeRange = { start: -(2n ** 63n), end: 2n ** 63n - 1n };

/** Entries of a unit in row order, as text: the slow and obvious way to look at it. */
export async function readEntries(
  unit: ScanUnit,
  streams: readonly Labels[],
  source: UnitSource,
  range: TimeRange = ALL_TIME,
): Promise<PlainEntry[]> {
  const reader = openUnit(unit, source);
  const metadata = new Map<string, OptionalValues>();
  for (const name of await reader.metadataNames()) metadata.set(name, must(await reader.metadata(name)));
  const entries: PlainEntry[] = [];
  for (const row of await reader.rows(range)) entries.push(await entryAt(reader, row, streams, metadata));
  return entries;
}

async function entryAt(
  reader: UnitReader,
  row: number,
  streams: readonly Labels[],
  metadata: ReadonlyMap<string, OptionalValues>,
): Promise<PlainEntry> {
  const { offsets, values } = await reader.lines();
  const pairs: [string, string][] = [];
  let level: string | undefined;
  for (const [name, column] of metadata) {
    if (column.length[row] < 0) continue;
    const text = decodeUtf8(column.values, column.start[row], column.start[row] + column.length[row]);
    if (name === 'detected_level') level = text;
    else pairs.push([name, text]);
  }
  return {
    labels: streams[reader.streams()[row]].toRecord(),
    timestamp: (await reader.timestamps())[row],
    line: decodeUtf8(values, offsets[row], offsets[row + 1]),
    ...(level === undefined ? {} : { level }),
    ...(pairs.length === 0 ? {} : { metadata: Object.fromEntries(pairs) }),
  };
}

/** An entry as one line of text, for comparing sets of entries. */
export function entryText({ labels, timestamp, line, level, metadata }: PlainEntry): string {
  const sorted = (record: Readonly<Record<string, string>>) =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted(labels), String(timestamp), line, level ?? null, sorted(metadata ?? {})]);
}
