import type { HeadUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import { compareUtf8, encodeUtf8 } from '../../src/common/utf8.ts';
import type { HeadBlockSnapshot } from './head-block.ts';
import { isInRanges, rangesByStream } from './time-ranges.ts';
import {
  NOT_SELECTED,
  type OptionalValues,
  type ReadStatistics,
  type TextValues,
  type UnitReader,
} from './unit-reader.ts';

/** Reads rows of a head block in place: columns are views over its shared memory. */
export class HeadReader implements UnitReader {
  readonly rowCount: number;
  readonly statistics: ReadStatistics;
  readonly #unit: HeadUnit;
  readonly #snapshot: HeadBlockSnapshot;
  #streams: Uint32Array | undefined;
  #lines: TextValues | undefined;

  constructor(unit: HeadUnit, snapshot: HeadBlockSnapshot, statistics: ReadStatistics) {
    this.rowCount = unit.totalRows;
    this.statistics = statistics;
    this.#unit = unit;
    this.#snapshot = snapshot;
  }

  streams(): Uint32Array {
    if (this.#streams === undefined) {
      const { streamMap, firstRow } = this.#unit;
      const { stream } = this.#snapshot.block;
      const streams = new Uint32Array(this.rowCount);
      for (let row = 0; row < this.rowCount; row++) {
        const head = stream[firstRow + row];
        // Streams that came after the map was made are not selected.
        const selected = head < streamMap.length ? streamMap[head] : 0;
        streams[row] = selected === 0 ? NOT_SELECTED : selected - 1;
      }
      this.#streams = streams;
      this.#count('stream', this.rowCount * 4);
    }
    return this.#streams;
  }

  async timestamps(): Promise<BigInt64Array> {
    const { firstRow } = this.#unit;
    return this.#snapshot.block.timestamp.subarray(firstRow, firstRow + this.rowCount);
  }

  async rows(range: TimeRange): Promise<Uint32Array> {
    const { minTimestamp, maxTimestamp, excluded } = this.#unit;
    const streams = this.streams();
    if (range.start > maxTimestamp || range.end <= minTimestamp) return new Uint32Array(0);
    let rows: Uint32Array;
    if (range.start <= minTimestamp && maxTimestamp < range.end) rows = selectedRows(streams);
    else {
      this.#count('timestamp', this.rowCount * 8);
      rows = selectedRowsIn(streams, await this.timestamps(), range);
    }
    if (excluded.length === 0) return rows;
    const timestamps = await this.timestamps();
    const ranges = rangesByStream(excluded);
    return rows.filter((row) => !isInRanges(ranges.get(streams[row]), timestamps, row));
  }

  async lines(): Promise<TextValues> {
    if (this.#lines === undefined) {
      const { lineOffsets, lines } = this.#snapshot.block;
      const { firstRow } = this.#unit;
      const start = lineOffsets[firstRow];
      const end = lineOffsets[firstRow + this.rowCount];
      const offsets =
        start === 0
          ? lineOffsets.subarray(firstRow, firstRow + this.rowCount + 1)
          : lineOffsets.slice(firstRow, firstRow + this.rowCount + 1).map((offset) => offset - start);
      this.#lines = { offsets, values: lines.subarray(start, end) };
      this.#count('line', end - start);
    }
    return this.#lines;
  }

  async metadataNames(): Promise<readonly string[]> {
    const { block, metadataNames } = this.#snapshot;
    const { firstRow } = this.#unit;
    const present = new Uint8Array(metadataNames.length);
    const last = block.metadataOffsets[firstRow + this.rowCount];
    for (let pair = block.metadataOffsets[firstRow]; pair < last; pair++) present[block.metadataName[pair]] = 1;
    const names = metadataNames.filter((_, id) => present[id] === 1);
    const hasLevel = block.level.subarray(firstRow, firstRow + this.rowCount).some((code) => code !== 0);
    if (hasLevel && !names.includes('detected_level')) names.push('detected_level');
    return names.sort(compareUtf8);
  }

  async metadata(name: string): Promise<OptionalValues | null> {
    this.#count(name === 'detected_level' ? 'level' : `metadata.${name}`, 0);
    if (name === 'detected_level') {
      const levels = this.#levels();
      if (levels !== null) return levels;
    }
    const id = this.#snapshot.metadataNames.indexOf(name);
    return id < 0 ? null : this.#pairs(id);
  }

  /** Shared memory stays with its head. */
  release(): void {
    this.#lines = undefined;
    this.#streams = undefined;
  }

  #pairs(id: number): OptionalValues | null {
    const { metadataOffsets, metadataName, metadataValueOffsets, metadataValues } = this.#snapshot.block;
    const { firstRow } = this.#unit;
    const start = new Int32Array(this.rowCount);
    const length = new Int32Array(this.rowCount).fill(-1);
    let found = false;
    for (let row = 0; row < this.rowCount; row++) {
      const last = metadataOffsets[firstRow + row + 1];
      for (let pair = metadataOffsets[firstRow + row]; pair < last; pair++) {
        if (metadataName[pair] !== id) continue;
        start[row] = metadataValueOffsets[pair];
        length[row] = metadataValueOffsets[pair + 1] - metadataValueOffsets[pair];
        found = true;
        break;
      }
    }
    return found ? { start, length, values: metadataValues } : null;
  }

  #levels(): OptionalValues | null {
    const { block, levels } = this.#snapshot;
    const { firstRow } = this.#unit;
    const encoded = levels.map(encodeUtf8);
    const offsets = new Int32Array(levels.length + 1);
    for (let i = 0; i < encoded.length; i++) offsets[i + 1] = offsets[i] + encoded[i].length;
    const start = new Int32Array(this.rowCount);
    const length = new Int32Array(this.rowCount).fill(-1);
    let found = false;
    for (let row = 0; row < this.rowCount; row++) {
      const code = block.level[firstRow + row];
      if (code === 0) continue;
      start[row] = offsets[code - 1];
      length[row] = offsets[code] - offsets[code - 1];
      found = true;
    }
    return found ? { start, length, values: Buffer.concat(encoded) } : null;
  }

  /** Shared memory has no pages; what is looked at counts as raw bytes. */
  #count(name: string, rawBytes: number): void {
    const { columns } = this.statistics;
    const counted = columns.get(name) ?? { pages: 0, storedBytes: 0, rawBytes: 0 };
    counted.rawBytes += rawBytes;
    columns.set(name, counted);
  }
}

function selectedRows(streams: Uint32Array): Uint32Array {
  const rows = new Uint32Array(streams.length);
  let count = 0;
  for (let row = 0; row < streams.length; row++) if (streams[row] !== NOT_SELECTED) rows[count++] = row;
  return rows.subarray(0, count);
}

/** Compares 64-bit timestamps as halves: the signed high one first, then the unsigned low one. */
function selectedRowsIn(streams: Uint32Array, timestamps: BigInt64Array, range: TimeRange): Uint32Array {
  const bounds = new BigInt64Array([clampInt64(range.start), clampInt64(range.end)]);
  const low = new Uint32Array(bounds.buffer);
  const high = new Int32Array(bounds.buffer);
  const [startLow, , endLow] = low;
  const [, startHigh, , endHigh] = high;
  const rowLow = new Uint32Array(timestamps.buffer, timestamps.byteOffset, timestamps.length * 2);
  const rowHigh = new Int32Array(timestamps.buffer, timestamps.byteOffset, timestamps.length * 2);
  const rows = new Uint32Array(streams.length);
  let count = 0;
  for (let row = 0; row < streams.length; row++) {
    if (streams[row] === NOT_SELECTED) continue;
    const h = rowHigh[2 * row + 1];
    const l = rowLow[2 * row];
    const isAfterStart = h > startHigh || (h === startHigh && l >= startLow);
    const isBeforeEnd = h < endHigh || (h === endHigh && l < endLow);
    if (isAfterStart && isBeforeEnd) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

function clampInt64(value: bigint): bigint {
  const max = 2n ** 63n - 1n;
  if (value > max) return max;
  return value < -max ? -max : value;
}
