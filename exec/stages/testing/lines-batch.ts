import { Labels } from '../../../src/common/labels.ts';
import { encodeUtf8 } from '../../../src/common/utf8.ts';
import { createBatch, type MutableBatch } from '../../batch/create-batch.ts';
import type { MetadataColumn } from '../../batch/label-cascade.ts';
import type { TextColumn } from '../../batch/text-column.ts';

/** A row of a test batch; absent metadata names have no value. */
export interface TestRow {
  readonly line: string;
  readonly timestampNs?: bigint;
  readonly stream?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A batch of the rows, all selected, as a scan would deliver it: equal label sets are one stream. */
export function batchOfRows(rows: readonly TestRow[]): MutableBatch {
  const ordinals = new Map<string, number>();
  const streamTable: Labels[] = [];
  const stream = Uint32Array.from(rows, (row) => {
    const labels = Labels.fromRecord(row.stream ?? {});
    let ordinal = ordinals.get(labels.key);
    if (ordinal === undefined) {
      ordinal = streamTable.push(labels) - 1;
      ordinals.set(labels.key, ordinal);
    }
    return ordinal;
  });
  const names = new Set(rows.flatMap((row) => Object.keys(row.metadata ?? {})));
  return createBatch({
    rowCount: rows.length,
    stream,
    streamTable,
    selection: Uint32Array.from(rows, (_, i) => i),
    timestamp: BigInt64Array.from(rows, (row) => row.timestampNs ?? 0n),
    line: textColumn(rows.map((row) => row.line)),
    metadata: new Map([...names].map((name) => [name, metadataColumn(rows.map((row) => row.metadata?.[name]))])),
  });
}

/** One stream without labels. */
export function batchOfLines(lines: readonly string[]): MutableBatch {
  return batchOfRows(lines.map((line) => ({ line })));
}

export function textColumn(lines: readonly string[]): TextColumn {
  const bytes = lines.map(encodeUtf8);
  const offsets = new Uint32Array(lines.length + 1);
  bytes.forEach((line, i) => (offsets[i + 1] = offsets[i] + line.length));
  return { offsets, values: Buffer.concat(bytes) };
}

function metadataColumn(values: readonly (string | undefined)[]): MetadataColumn {
  const { offsets, values: heap } = textColumn(values.map((value) => value ?? ''));
  const length = Int32Array.from(values, (value, i) => (value === undefined ? -1 : offsets[i + 1] - offsets[i]));
  return { start: Int32Array.from(values, (_, i) => offsets[i]), length, values: heap };
}

/** The final labels of every selected row. */
export function labelsOf(batch: MutableBatch): Record<string, string>[] {
  return [...batch.selection.subarray(0, batch.selectedCount)].map((row) => batch.labels.row(row).toRecord());
}

/** The lines of the selected rows. */
export function linesOf(batch: MutableBatch): string[] {
  const { offsets, values } = batch.line as TextColumn;
  const text = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return [...batch.selection.subarray(0, batch.selectedCount)].map((row) =>
    text.toString('utf8', offsets[row], offsets[row + 1]),
  );
}
