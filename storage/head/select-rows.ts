import type { EntryBatch } from './entry-batch.ts';

/** The given rows of a batch, in the order given. */
export function selectRows(batch: EntryBatch, rows: readonly number[]): EntryBatch {
  const lines = new SliceGatherer(batch.lineOffsets, batch.lines);
  const values = new SliceGatherer(batch.metadataValueOffsets, batch.metadataValues);
  const metadataOffsets = [0];
  const metadataName: number[] = [];
  for (const row of rows) {
    lines.add(row);
    for (let pair = batch.metadataOffsets[row]; pair < batch.metadataOffsets[row + 1]; pair++) {
      values.add(pair);
      metadataName.push(batch.metadataName[pair]);
    }
    metadataOffsets.push(metadataName.length);
  }
  return {
    ...batch,
    rowCount: rows.length,
    stream: Uint32Array.from(rows, (row) => batch.stream[row]),
    timestamp: BigInt64Array.from(rows, (row) => batch.timestamp[row]),
    lineOffsets: Uint32Array.from(lines.offsets),
    lines: lines.bytes(),
    level: Uint16Array.from(rows, (row) => batch.level[row]),
    metadataOffsets: Uint32Array.from(metadataOffsets),
    metadataName: Uint32Array.from(metadataName),
    metadataValueOffsets: Uint32Array.from(values.offsets),
    metadataValues: values.bytes(),
  };
}

class SliceGatherer {
  readonly #source: { readonly offsets: Uint32Array; readonly bytes: Uint8Array };
  readonly #slices: Uint8Array[] = [];
  readonly offsets = [0];

  constructor(offsets: Uint32Array, bytes: Uint8Array) {
    this.#source = { offsets, bytes };
  }

  add(index: number): void {
    const { offsets, bytes } = this.#source;
    const slice = bytes.subarray(offsets[index], offsets[index + 1]);
    this.#slices.push(slice);
    this.offsets.push(this.offsets[this.offsets.length - 1] + slice.length);
  }

  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#slices));
  }
}
