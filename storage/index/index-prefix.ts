import { crc32c } from '@node-rs/crc32';
import { SkaldError } from '../../src/common/errors.ts';
import { decompressFrame } from '../chunk/frame-codec.ts';
import {
  corruptIndex,
  FIXED_PREFIX_BYTES,
  FLAG_REQUIRED,
  FLAG_ZSTD,
  MAGIC,
  OPTIONAL_SECTION_MIN,
  PREFIX_TAIL_BYTES,
  SECTION,
  SECTION_COUNT_MAX,
  SECTION_ENTRY_BYTES,
  type SectionName,
  VERSION,
} from './index-format.ts';

/** Where sections of an index object are. */
export interface IndexPrefix {
  readonly prefixBytes: number;
  readonly sizeBytes: number;
  readonly sections: ReadonlyMap<SectionName, SectionEntry>;
}

export interface SectionEntry {
  readonly flags: number;
  readonly offset: number;
  readonly length: number;
  /** Without padding. */
  readonly contentLength: number;
  readonly rawLength: number;
  readonly checksum: number;
}

/** Sections at the end of the object, each read when it is needed. */
export const APART_SECTIONS = ['minuteCounts', 'skipTable'] as const;
export type ApartSection = (typeof APART_SECTIONS)[number];

/** Bytes of the object that come before the sections that are read apart; all of it where there are none. */
export function coreBytesOf({ sizeBytes, sections }: IndexPrefix): number {
  return Math.min(...APART_SECTIONS.map((name) => sections.get(name)?.offset ?? sizeBytes));
}

const NAME_OF_TYPE = new Map((Object.keys(SECTION) as SectionName[]).map((name) => [SECTION[name] as number, name]));

/** Bytes of the prefix, told from the object's first 24 bytes. */
export function prefixBytesOf(front: Uint8Array, key: string): number {
  if (front.length < FIXED_PREFIX_BYTES) throw corruptIndex(key, front.length, 'object ends within the prefix');
  if (!MAGIC.equals(front.subarray(0, MAGIC.length))) throw corruptIndex(key, 0, 'magic is not "SKALDIDX"');
  const count = viewOf(front).getUint32(12, true);
  if (count > SECTION_COUNT_MAX)
    throw corruptIndex(key, 12, `section count is ${count}, expected at most ${SECTION_COUNT_MAX}`);
  return FIXED_PREFIX_BYTES + count * SECTION_ENTRY_BYTES + PREFIX_TAIL_BYTES;
}

/** Checks and decodes the prefix; `front` has at least its bytes. Throws `corruption` or `unsupported_version`. */
export function decodePrefix(front: Uint8Array, key: string): IndexPrefix {
  const prefixBytes = prefixBytesOf(front, key);
  if (front.length < prefixBytes) throw corruptIndex(key, front.length, 'object ends within the prefix');
  const view = viewOf(front);
  const tableEnd = prefixBytes - PREFIX_TAIL_BYTES;
  const checksum = crc32c(front.subarray(0, tableEnd));
  if (view.getUint32(tableEnd, true) !== checksum || view.getUint32(tableEnd + 4, true) !== 0) {
    throw corruptIndex(key, tableEnd, 'checksum of the prefix is wrong');
  }
  const version = view.getUint32(8, true);
  if (version !== VERSION) {
    throw new SkaldError(
      version > VERSION ? 'unsupported_version' : 'corruption',
      `Cannot read index "${key}": its version is ${version}, expected ${VERSION}`,
    );
  }
  const sizeBytes = view.getUint32(16, true);
  return { prefixBytes, sizeBytes, sections: decodeTable(view, prefixBytes, sizeBytes, key) };
}

function decodeTable(
  view: DataView,
  prefixBytes: number,
  sizeBytes: number,
  key: string,
): Map<SectionName, SectionEntry> {
  const sections = new Map<SectionName, SectionEntry>();
  let expected = prefixBytes;
  for (let at = FIXED_PREFIX_BYTES; at < prefixBytes - PREFIX_TAIL_BYTES; at += SECTION_ENTRY_BYTES) {
    const type = view.getUint16(at, true);
    const entry: SectionEntry = {
      flags: view.getUint16(at + 2, true),
      offset: view.getUint32(at + 4, true),
      length: view.getUint32(at + 8, true),
      rawLength: view.getUint32(at + 12, true),
      checksum: view.getUint32(at + 16, true),
      contentLength: view.getUint32(at + 20, true),
    };
    const { offset, length, contentLength } = entry;
    if (offset !== expected || length !== ((contentLength + 7) & ~7))
      throw corruptIndex(key, at, 'section is not where it belongs');
    expected += entry.length;
    const name = NAME_OF_TYPE.get(type);
    if (name !== undefined) sections.set(name, entry);
    else if ((entry.flags & FLAG_REQUIRED) !== 0) {
      throw new SkaldError('unsupported_version', `Cannot read index "${key}": section type ${type} is not known`);
    }
  }
  if (expected !== sizeBytes) throw corruptIndex(key, 16, `object size is ${sizeBytes}, expected ${expected}`);
  for (const [type, name] of NAME_OF_TYPE) {
    if (type < OPTIONAL_SECTION_MIN && !sections.has(name))
      throw corruptIndex(key, FIXED_PREFIX_BYTES, `section "${name}" is missing`);
  }
  return sections;
}

/** Raw bytes of a section; `bytes` start at offset 0 of the object and reach to the section's end or are torn. */
export function sectionBytes(bytes: Uint8Array, entry: SectionEntry, key: string): Uint8Array {
  const { offset, length } = entry;
  if (offset + length > bytes.length) throw corruptIndex(key, bytes.length, 'object ends within a section');
  return openSection(bytes.subarray(offset, offset + length), entry, key);
}

/** Raw bytes of a section of which `stored` was read. */
export function openSection(stored: Uint8Array, entry: SectionEntry, key: string): Uint8Array {
  const { offset, length, contentLength, rawLength, flags } = entry;
  if (stored.length !== length) throw corruptIndex(key, offset + stored.length, 'object ends within a section');
  if (crc32c(stored) !== entry.checksum) throw corruptIndex(key, offset, 'checksum of a section is wrong');
  if ((flags & FLAG_ZSTD) !== 0) {
    const raw = decompressFrame(stored.subarray(0, contentLength), rawLength);
    if (raw === null) throw corruptIndex(key, offset, 'section does not decompress');
    return raw;
  }
  if (rawLength !== contentLength) throw corruptIndex(key, offset, 'section length is not its raw length');
  return stored.subarray(0, rawLength);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
