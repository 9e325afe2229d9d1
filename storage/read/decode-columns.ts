import { encodeUtf8 } from '../../src/common/utf8.ts';
import { ByteInterner } from '../../src/common/byte-interner.ts';
import type { OwnedMemory } from '../../src/common/owned-memory.ts';
import type { OptionalValues, TextValues } from './unit-reader.ts';

/** Throws `corruption` with what contradicts. */
export type Fail = (what: string) => never;

/** A decoded map<utf8, utf8> column: row i has the pairs `first[i] .. first[i + 1])`. */
export interface MapColumn {
  readonly first: Uint32Array;
  readonly keys: TextValues;
  readonly values: TextValues;
}

/** Arrow's utf8 layout; offsets must ascend from 0 to the values' end. */
export function textValues(offsetBytes: Uint8Array, values: Uint8Array, count: number, fail: Fail): TextValues {
  return { offsets: checkedOffsets(offsetBytes, count, values.length, fail), values };
}

/** What a column is decoded for. */
export interface Decoding {
  readonly rowCount: number;
  /** Owns what is made. */
  readonly memory: OwnedMemory;
  readonly fail: Fail;
}

/** A nullable utf8 column: validity, offsets, values. */
export function decodeTextColumn(pages: readonly Uint8Array[], { rowCount, memory, fail }: Decoding): OptionalValues {
  const [validity, offsetBytes, values] = pages;
  const { offsets } = textValues(offsetBytes, values, rowCount, fail);
  const isValid = validityTest(validity, rowCount, fail);
  const start = memory.int32(rowCount);
  const length = memory.int32(rowCount);
  for (let row = 0; row < rowCount; row++) {
    start[row] = offsets[row];
    length[row] = isValid(row) ? offsets[row + 1] - offsets[row] : -1;
  }
  return { start, length, values };
}

/** A nullable dictionary column: validity, indices. Its values become one buffer. */
export function decodeDictionaryColumn(
  pages: readonly Uint8Array[],
  dictionary: readonly string[],
  { rowCount, memory, fail }: Decoding,
): OptionalValues {
  const [validity, indexBytes] = pages;
  if (indexBytes.length !== rowCount * 4) fail('indices are not one per row');
  const indices = new Int32Array(indexBytes.buffer, indexBytes.byteOffset, rowCount);
  const encoded = dictionary.map(encodeUtf8);
  const offsets = new Int32Array(dictionary.length + 1);
  for (let i = 0; i < encoded.length; i++) offsets[i + 1] = offsets[i] + encoded[i].length;
  const isValid = validityTest(validity, rowCount, fail);
  const start = memory.int32(rowCount);
  const length = memory.int32(rowCount).fill(-1);
  for (let row = 0; row < rowCount; row++) {
    if (!isValid(row)) continue;
    const index = indices[row];
    if (index < 0 || index >= dictionary.length) fail(`dictionary index ${index} is out of range`);
    start[row] = offsets[index];
    length[row] = offsets[index + 1] - offsets[index];
  }
  return { start, length, values: Buffer.concat(encoded) };
}

export function decodeMapColumn(pages: readonly Uint8Array[], rowCount: number, fail: Fail): MapColumn {
  const [, firstBytes, , , keyOffsets, keyBytes, , valueOffsets, valueBytes] = pages;
  if (firstBytes.length !== (rowCount + 1) * 4) fail('map offsets are not one per row');
  const pairCount = new Uint32Array(firstBytes.buffer, firstBytes.byteOffset, rowCount + 1)[rowCount];
  return {
    first: checkedOffsets(firstBytes, rowCount, pairCount, fail),
    keys: textValues(keyOffsets, keyBytes, pairCount, fail),
    values: textValues(valueOffsets, valueBytes, pairCount, fail),
  };
}

/** Distinct keys of a map column. */
export function mapNames({ keys }: MapColumn): string[] {
  const names = new ByteInterner(keys.offsets.length);
  for (let pair = 0; pair + 1 < keys.offsets.length; pair++)
    names.intern(keys.values, keys.offsets[pair], keys.offsets[pair + 1]);
  return names.values();
}

/** Values of one key by row, or null when no row has it. */
export function mapValues(
  { first, keys, values }: MapColumn,
  name: string,
  rowCount: number,
  memory: OwnedMemory,
): OptionalValues | null {
  const wanted = encodeUtf8(name);
  const start = memory.int32(rowCount);
  const length = memory.int32(rowCount).fill(-1);
  let found = false;
  for (let row = 0; row < rowCount; row++) {
    for (let pair = first[row]; pair < first[row + 1]; pair++) {
      if (!isSpan(wanted, keys.values, keys.offsets[pair], keys.offsets[pair + 1])) continue;
      start[row] = values.offsets[pair];
      length[row] = values.offsets[pair + 1] - values.offsets[pair];
      found = true;
      break;
    }
  }
  return found ? { start, length, values: values.values } : null;
}

function isSpan(wanted: Uint8Array, source: Uint8Array, start: number, end: number): boolean {
  if (end - start !== wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (source[start + i] !== wanted[i]) return false;
  return true;
}

export function checkedOffsets(bytes: Uint8Array, count: number, end: number, fail: Fail): Uint32Array {
  if (bytes.length !== (count + 1) * 4) fail('offsets are not one per row');
  const offsets = new Uint32Array(bytes.buffer, bytes.byteOffset, count + 1);
  let previous = 0;
  if (offsets[0] !== 0 || offsets[count] !== end) fail('offsets do not reach from 0 to the end of the values');
  for (let i = 1; i <= count; i++) {
    if (offsets[i] < previous) fail('offsets descend');
    previous = offsets[i];
  }
  return offsets;
}

function validityTest(bitmap: Uint8Array, rowCount: number, fail: Fail): (row: number) => boolean {
  if (bitmap.length === 0) return () => true;
  if (bitmap.length < (rowCount + 7) >> 3) fail('validity bitmap is shorter than the rows');
  return (row) => ((bitmap[row >> 3] >> (row & 7)) & 1) === 1;
}
