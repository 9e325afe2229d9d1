import type { LabelColumn } from './label-column.ts';
import type { LabelReader } from './label-columns.ts';
import type { StreamLabelValues } from './stream-label-values.ts';
import { ABSENT, type ViewColumn } from './view-column.ts';

const NO_BYTES = new Uint8Array(0);

/** Structured metadata of one name as scans deliver it (storage/read: OptionalValues). */
export interface MetadataColumn {
  readonly start: Int32Array;
  readonly length: Int32Array;
  readonly values: Uint8Array;
}

/** Reads a label through its origins: parsed, then metadata, then stream (facts 120, 122). */
export class LabelCascade implements LabelReader {
  heap: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
  readonly #parsed: LabelColumn | null;
  readonly #metadata: MetadataColumn | null;
  readonly #values: StreamLabelValues | null;
  readonly #stream: Uint32Array;

  constructor(
    parsed: LabelColumn | null,
    metadata: MetadataColumn | null,
    values: StreamLabelValues | null,
    stream: Uint32Array,
  ) {
    this.#parsed = parsed;
    this.#metadata = metadata;
    this.#values = values;
    this.#stream = stream;
  }

  get view(): ViewColumn | null {
    const parsed = this.#parsed;
    const isAlone = this.#metadata === null && this.#values === null;
    return parsed !== null && isAlone && parsed.sparseRows === null ? parsed : null;
  }

  at(row: number): boolean {
    const parsed = this.#parsed;
    if (parsed !== null) {
      const slot = parsed.slot(row);
      const length = slot < 0 ? ABSENT : parsed.lengths[slot];
      if (length !== ABSENT) return length >= 0 && this.#takeParsed(parsed, slot, length);
    }
    const metadata = this.#metadata;
    if (metadata !== null && metadata.length[row] >= 0) {
      this.heap = metadata.values;
      this.start = metadata.start[row];
      this.end = this.start + metadata.length[row];
      return true;
    }
    return this.#values !== null && this.#takeStream(this.#values, this.#stream[row]);
  }

  #takeParsed(parsed: LabelColumn, slot: number, length: number): boolean {
    const start = parsed.starts[slot];
    this.heap = start >= 0 ? parsed.lines : parsed.arena;
    this.start = start >= 0 ? start : ~start;
    this.end = this.start + length;
    return true;
  }

  #takeStream(values: StreamLabelValues, ordinal: number): boolean {
    const start = values.start(ordinal);
    if (start < 0) return false;
    this.heap = values.heap;
    this.start = start;
    this.end = values.end(ordinal);
    return true;
  }
}
