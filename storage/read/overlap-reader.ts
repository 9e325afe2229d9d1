import type { OverlapUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import { compareUtf8 } from '../../src/common/utf8.ts';
import { findRepeated } from './find-repeated.ts';
import { isInRanges, rangesByStream } from './time-ranges.ts';
import type { OptionalValues, ReadStatistics, TextValues, UnitReader } from './unit-reader.ts';

/**
 * Late data: the rows of all parts one after another. `rows` leaves out what lies outside of the unit's ranges, and all
 * but the first of equal entries (stream, timestamp, line, structured metadata).
 */
export class OverlapReader implements UnitReader {
  readonly rowCount: number;
  readonly statistics: ReadStatistics;
  readonly #unit: OverlapUnit;
  readonly #parts: readonly UnitReader[];
  /** First row of every part. */
  readonly #base: readonly number[];
  #streams: Uint32Array | undefined;
  #timestamps: Promise<BigInt64Array> | undefined;
  #lines: Promise<TextValues> | undefined;
  readonly #metadata = new Map<string, Promise<OptionalValues | null>>();

  constructor(unit: OverlapUnit, parts: readonly UnitReader[], statistics: ReadStatistics) {
    this.#unit = unit;
    this.#parts = parts;
    this.statistics = statistics;
    let rowCount = 0;
    this.#base = parts.map((part) => {
      const base = rowCount;
      rowCount += part.rowCount;
      return base;
    });
    this.rowCount = rowCount;
  }

  streams(): Uint32Array {
    if (this.#streams === undefined) {
      this.#streams = new Uint32Array(this.rowCount);
      for (const [i, part] of this.#parts.entries()) this.#streams.set(part.streams(), this.#base[i]);
    }
    return this.#streams;
  }

  timestamps(): Promise<BigInt64Array> {
    return (this.#timestamps ??= this.#joinTimestamps());
  }

  async rows(range: TimeRange): Promise<Uint32Array> {
    const streams = this.streams();
    const timestamps = await this.timestamps();
    const ranges = rangesByStream(this.#unit.ranges);
    const candidates: number[] = [];
    for (const [i, part] of this.#parts.entries()) {
      for (const partRow of await part.rows(range)) {
        const row = this.#base[i] + partRow;
        if (isInRanges(ranges.get(streams[row]), timestamps, row)) candidates.push(row);
      }
    }
    const repeated = await findRepeated(candidates, this);
    return Uint32Array.from(candidates.filter((row) => !repeated.has(row)));
  }

  lines(): Promise<TextValues> {
    return (this.#lines ??= this.#joinLines());
  }

  async metadataNames(): Promise<readonly string[]> {
    const names = new Set<string>();
    for (const part of this.#parts) for (const name of await part.metadataNames()) names.add(name);
    return [...names].sort(compareUtf8);
  }

  metadata(name: string): Promise<OptionalValues | null> {
    let values = this.#metadata.get(name);
    if (values === undefined) this.#metadata.set(name, (values = this.#joinMetadata(name)));
    return values;
  }

  release(): void {
    for (const part of this.#parts) part.release();
  }

  async #joinTimestamps(): Promise<BigInt64Array> {
    const joined = new BigInt64Array(this.rowCount);
    for (const [i, part] of this.#parts.entries()) joined.set(await part.timestamps(), this.#base[i]);
    return joined;
  }

  async #joinLines(): Promise<TextValues> {
    const offsets = new Uint32Array(this.rowCount + 1);
    const values: Uint8Array[] = [];
    let bytes = 0;
    for (const [i, part] of this.#parts.entries()) {
      const lines = await part.lines();
      const first = lines.offsets[0];
      for (let row = 0; row <= part.rowCount; row++) offsets[this.#base[i] + row] = bytes + lines.offsets[row] - first;
      values.push(lines.values.subarray(first, lines.offsets[part.rowCount]));
      bytes = offsets[this.#base[i] + part.rowCount];
    }
    return { offsets, values: Buffer.concat(values) };
  }

  async #joinMetadata(name: string): Promise<OptionalValues | null> {
    const start = new Int32Array(this.rowCount);
    const length = new Int32Array(this.rowCount).fill(-1);
    const values: Uint8Array[] = [];
    let bytes = 0;
    for (const [i, part] of this.#parts.entries()) {
      const column = await part.metadata(name);
      if (column === null) continue;
      for (let row = 0; row < part.rowCount; row++) {
        if (column.length[row] < 0) continue;
        start[this.#base[i] + row] = bytes;
        length[this.#base[i] + row] = column.length[row];
        values.push(column.values.subarray(column.start[row], column.start[row] + column.length[row]));
        bytes += column.length[row];
      }
    }
    return values.length === 0 ? null : { start, length, values: Buffer.concat(values, bytes) };
  }
}
