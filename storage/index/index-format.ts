import { SkaldError } from '../../src/common/errors.ts';

/** Constants of docs/format/index.md. */
export const MAGIC = Buffer.from('SKALDIDX', 'latin1');
export const VERSION = 1;
export const FIXED_PREFIX_BYTES = 24;
export const SECTION_ENTRY_BYTES = 24;
export const PREFIX_TAIL_BYTES = 8;
/** More sections than any version will need; a greater count is damage. */
export const SECTION_COUNT_MAX = 1024;

export const FLAG_REQUIRED = 1;
export const FLAG_ZSTD = 2;

export const SECTION = {
  summary: 1,
  streamTails: 2,
  symbols: 3,
  streams: 4,
  postings: 5,
  rowRanges: 6,
  columns: 7,
  rowGroups: 8,
  dictionaries: 9,
  lateRanges: 10,
  metadataBytes: 128,
  minuteCounts: 130,
  soundJson: 131,
  skipTable: 132,
} as const;

/** Types from here on may be absent, and readers that do not know them ignore them. */
export const OPTIONAL_SECTION_MIN = 128;

export type SectionName = keyof typeof SECTION;

export function corruptIndex(key: string, offset: number, what: string): SkaldError {
  return new SkaldError('corruption', `Cannot read index "${key}": ${what} at offset ${offset}`);
}
