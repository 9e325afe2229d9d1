import { Labels } from '../../../src/common/labels.ts';
import type { LabelPair } from '../../../src/common/labels.ts';
import { encodeUtf8 } from '../../../src/common/utf8.ts';
import type { EntryBatch } from '../entry-batch.ts';

/** An entry as a test writes it down. */
export interface Entry {
  readonly labels: Readonly<Record<string, string>>;
  readonly timestamp: bigint;
  readonly line: string;
  readonly level?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The plain counterpart of the columnar path: one canonical text per entry. */
export function entryText(entry: Entry): string {
  const metadata = JSON.stringify(Object.entries(entry.metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  const key = Labels.fromRecord(entry.labels).key;
  return `${key} ${entry.timestamp} ${entry.level ?? ''} ${JSON.stringify(entry.line)} ${metadata}`;
}

/** A batch of these entries, in this order. */
export function batchOf(entries: readonly Entry[]): EntryBatch {
  const streams = new Table();
  const levels = new Table();
  const names = new Table();
  const labels: Labels[] = [];
  const lines = new Bytes();
  const values = new Bytes();
  const pairNames: number[] = [];
  const rows = entries.map((entry) => {
    const set = Labels.fromRecord(entry.labels);
    const stream = streams.idOf(set.key);
    labels[stream] = set;
    lines.add(entry.line);
    const pairs = Object.entries(entry.metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)) satisfies LabelPair[];
    for (const [name, value] of pairs) {
      pairNames.push(names.idOf(name));
      values.add(value);
    }
    return { stream, level: entry.level === undefined ? 0 : levels.idOf(entry.level) + 1, end: pairNames.length };
  });
  return {
    rowCount: entries.length,
    streams: labels,
    stream: Uint32Array.from(rows, (row) => row.stream),
    timestamp: BigInt64Array.from(entries, (entry) => entry.timestamp),
    lineOffsets: Uint32Array.from(lines.offsets),
    lines: lines.concat(),
    level: Uint16Array.from(rows, (row) => row.level),
    levels: levels.texts,
    metadataOffsets: Uint32Array.from([0, ...rows.map((row) => row.end)]),
    metadataName: Uint32Array.from(pairNames),
    metadataNames: names.texts,
    metadataValueOffsets: Uint32Array.from(values.offsets),
    metadataValues: values.concat(),
  };
}

/** The entries of a batch, in order. */
export function entriesOf(batch: EntryBatch): Entry[] {
  const entries: Entry[] = [];
  for (let row = 0; row < batch.rowCount; row++) {
    const metadata: Record<string, string> = {};
    for (let pair = at(batch.metadataOffsets, row); pair < at(batch.metadataOffsets, row + 1); pair++) {
      const name = batch.metadataNames[at(batch.metadataName, pair)];
      metadata[name] = textAt(batch.metadataValues, batch.metadataValueOffsets, pair);
    }
    const level = batch.level[row];
    entries.push({
      labels: batch.streams[at(batch.stream, row)].toRecord(),
      timestamp: batch.timestamp[row],
      line: textAt(batch.lines, batch.lineOffsets, row),
      ...(level === 0 ? {} : { level: batch.levels[level - 1] }),
      metadata,
    });
  }
  return entries;
}

function at(values: Uint32Array, index: number): number {
  return values[index];
}

function textAt(bytes: Uint8Array, offsets: Uint32Array, index: number): string {
  return Buffer.from(bytes.slice(at(offsets, index), at(offsets, index + 1))).toString('utf8');
}

class Table {
  readonly texts: string[] = [];
  readonly #ids = new Map<string, number>();
  idOf(text: string): number {
    const id = this.#ids.get(text) ?? this.texts.push(text) - 1;
    this.#ids.set(text, id);
    return id;
  }
}

class Bytes {
  readonly #parts: Uint8Array[] = [];
  readonly offsets: number[] = [0];
  add(text: string): void {
    const bytes = encodeUtf8(text);
    this.#parts.push(bytes);
    this.offsets.push((this.offsets.at(-1) as number) + bytes.length);
  }
  concat(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts));
  }
}
