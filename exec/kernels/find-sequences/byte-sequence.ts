/** What a byte, a place or a row says of a sequence. Perhaps: whoever knows more than bytes has to look. */
export const NO = 0;
export const YES = 1;
export const PERHAPS = 2;

/** By byte: NO, YES, or PERHAPS where the byte begins or is within a character of several bytes that may or may not match. */
export type ByteTable = Uint8Array;

/**
 * Bytes that follow each other in a line, each told by a table. A byte that says PERHAPS is the last that is compared in its
 * direction: what comes after a character of unknown length is not where it should be. Never empty.
 */
export type ByteSequence = readonly ByteTable[];

const EXACT = new Map<number, ByteTable>();

/** Says YES to `byte` only. The same table for the same byte. */
export function exactly(byte: number): ByteTable {
  let table = EXACT.get(byte);
  if (table === undefined) EXACT.set(byte, (table = new Uint8Array(256)));
  table[byte] = YES;
  return table;
}

/** Says YES to those of the characters that are one byte; whether a byte begins one of the others is not looked at. */
export function oneOf(characters: readonly string[]): ByteTable {
  const table = new Uint8Array(256);
  for (const character of characters) {
    if (character < '\x80') table[character.charCodeAt(0)] = YES;
    else table.fill(PERHAPS, 0x80);
  }
  return table;
}

/** Whether no byte says PERHAPS: what is beyond it is where it should be. */
export function isNarrow(table: ByteTable): boolean {
  return !table.includes(PERHAPS);
}
