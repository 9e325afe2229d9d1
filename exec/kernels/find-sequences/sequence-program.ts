import { type ByteSequence, type ByteTable, NO } from './byte-sequence.ts';
import { chooseWindow, WINDOW_BYTES, windowOf } from './choose-window.ts';

/** What the kernel has at the begin of its memory; its addresses are those. Never changed. */
export type SequenceProgram = Uint8Array;

/** More is not searched for. */
export const SEQUENCES_MAX = 64;
export const PROGRAM_BYTES_MAX = 64 << 10;

const BUCKET_COUNT = 8;
const TABLE_BYTES = 256;
/** As in find-sequences.as. */
const NIBBLES_AT = 16;
const BUCKETS_AT = 112;
const SINGLE_AT = 144;
const TABLES_AT = 160;
const RECORD_BYTES = 12;

interface Placed {
  readonly sequence: ByteSequence;
  readonly window: number;
}

/** Null when there are too many sequences, they are too long, or one has no byte that is surely where it should be. */
export function sequenceProgram(sequences: readonly ByteSequence[]): SequenceProgram | null {
  if (sequences.length === 0 || sequences.length > SEQUENCES_MAX) return null;
  const tables = [...new Set(sequences.flat())];
  const recordsAt = TABLES_AT + tables.length * TABLE_BYTES;
  const size = sequences.reduce((sum, { length }) => sum + RECORD_BYTES + 4 * length, recordsAt);
  if (size > PROGRAM_BYTES_MAX) return null;
  const placed = sequences.map((sequence) => ({ sequence, window: chooseWindow(sequence) }));
  if (placed.some(({ window }) => window < 0)) return null;
  const program = new Uint8Array(size);
  tables.forEach((table, t) => program.set(table, TABLES_AT + t * TABLE_BYTES));
  const addressOf = new Map(tables.map((table, t) => [table, TABLES_AT + t * TABLE_BYTES]));
  writeRecords(program, recordsAt, alike(placed), addressOf);
  if (placed.length === 1) writeSingle(program, windowOf(placed[0].sequence, placed[0].window));
  return program;
}

/** Sequences that begin alike are next to each other: in one bucket they let fewer other bytes through. */
function alike(placed: readonly Placed[]): Placed[] {
  const key = ({ sequence, window }: Placed): string =>
    windowOf(sequence, window)
      .map((table) => String.fromCharCode(table.findIndex((says) => says !== NO)))
      .join('');
  return [...placed].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Of a sequence: the next of its bucket, bytes before the window, bytes from there on, and the table of each byte. */
function writeRecords(
  program: Uint8Array,
  recordsAt: number,
  placed: readonly Placed[],
  addressOf: ReadonlyMap<ByteTable, number>,
): void {
  const words = new Uint32Array(program.buffer);
  let at = recordsAt;
  for (const [s, { sequence, window }] of placed.entries()) {
    const bucket = Math.floor((s * BUCKET_COUNT) / Math.max(BUCKET_COUNT, placed.length));
    const head = BUCKETS_AT / 4 + bucket;
    words.set([words[head], window, sequence.length - window], at / 4);
    words.set(
      sequence.map((table) => addressOf.get(table) ?? 0),
      (at + RECORD_BYTES) / 4,
    );
    words[head] = at;
    at += RECORD_BYTES + 4 * sequence.length;
    writeNibbles(program, windowOf(sequence, window), 1 << bucket);
  }
}

/** For each byte of the window a table of lower and one of upper halves; where the window is shorter, any byte will do. */
function writeNibbles(program: Uint8Array, window: readonly ByteTable[], bit: number): void {
  for (let i = 0; i < WINDOW_BYTES; i++) {
    for (let byte = 0; byte < 256; byte++) {
      if (i < window.length && window[i][byte] === NO) continue;
      program[NIBBLES_AT + 32 * i + (byte & 15)] |= bit;
      program[NIBBLES_AT + 32 * i + 16 + (byte >> 4)] |= bit;
    }
  }
}

/** A single sequence is looked for by comparing: bits in which all bytes of a place agree, and what they are. */
function writeSingle(program: Uint8Array, window: readonly ByteTable[]): void {
  program[SINGLE_AT] = 1;
  for (const [i, table] of window.entries()) {
    const bytes = [...table.keys()].filter((byte) => table[byte] !== NO);
    const all = bytes.reduce((bits, byte) => bits & byte, 0xff);
    const any = bytes.reduce((bits, byte) => bits | byte, 0);
    program[SINGLE_AT + 1 + i] = 0xff & ~(all ^ any);
    program[SINGLE_AT + 4 + i] = all;
  }
}
