import { encodeUtf8 } from '../../src/common/utf8.ts';
import type { Labels } from '../../src/common/labels.ts';
import type { OptionalValues } from '../../storage/read/unit-reader.ts';
import { createBatch, type MutableBatch } from '../batch/create-batch.ts';

export interface TestRow {
  readonly stream: number;
  readonly timestamp: bigint;
  readonly line?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A batch of these rows, all selected. */
export function batchOfRows(rows: readonly TestRow[], streams: readonly Labels[]): MutableBatch {
  return createBatch({
    rowCount: rows.length,
    stream: Uint32Array.from(rows, ({ stream }) => stream),
    streamTable: streams,
    selection: Uint32Array.from(rows, (_, row) => row),
    timestamp: BigInt64Array.from(rows, ({ timestamp }) => timestamp),
    line: textColumn(rows.map(({ line }) => line ?? '')),
    metadata: metadataColumns(rows),
  });
}

function textColumn(texts: readonly string[]): { offsets: Uint32Array; values: Uint8Array } {
  const parts = texts.map(encodeUtf8);
  const offsets = new Uint32Array(parts.length + 1);
  parts.forEach((part, i) => (offsets[i + 1] = offsets[i] + part.length));
  return { offsets, values: new Uint8Array(Buffer.concat(parts)) };
}

function metadataColumns(rows: readonly TestRow[]): Map<string, OptionalValues> {
  const columns = new Map<string, OptionalValues>();
  for (const name of new Set(rows.flatMap(({ metadata }) => Object.keys(metadata ?? {})))) {
    const texts = rows.map(({ metadata }) => metadata?.[name]);
    const { offsets, values } = textColumn(texts.map((text) => text ?? ''));
    const length = Int32Array.from(texts, (text, i) => (text === undefined ? -1 : offsets[i + 1] - offsets[i]));
    columns.set(name, { start: Int32Array.from(offsets.subarray(0, rows.length)), length, values });
  }
  return columns;
}
