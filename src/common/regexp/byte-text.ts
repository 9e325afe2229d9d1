import { isUtf8 } from 'node:buffer';

type Slice = (this: Uint8Array, start: number, end: number) => string;

// Called on plain byte arrays: making a Buffer per slice costs more than the slice, and TextDecoder refuses shared memory.
const { latin1Slice, utf8Slice } = Buffer.prototype as { latin1Slice: Slice; utf8Slice: Slice };

export function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let bits = 0;
  for (let i = start; i < end; i++) bits |= bytes[i];
  return bits < 0x80;
}

/** The text of a slice; invalid bytes become U+FFFD. Works on shared memory. */
export function sliceText(bytes: Uint8Array, start: number, end: number): string {
  return isAscii(bytes, start, end) ? latin1Slice.call(bytes, start, end) : utf8Slice.call(bytes, start, end);
}

/** A slice as text together with the byte position of every UTF-16 index. */
export interface PositionedText {
  readonly text: string;
  /** Absolute byte position of a UTF-16 index of the text. */
  readonly positionOf: (index: number) => number;
}

export function positionedText(bytes: Uint8Array, start: number, end: number): PositionedText {
  if (isAscii(bytes, start, end)) {
    return { text: latin1Slice.call(bytes, start, end), positionOf: (index) => start + index };
  }
  const copy = Buffer.from(bytes.subarray(start, end));
  if (!isUtf8(copy)) return positionedInvalidText(bytes, start, end);
  const text = copy.toString('utf8');
  return { text, positionOf: (index) => start + Buffer.byteLength(text.slice(0, index), 'utf8') };
}

/** Every byte that is not part of a valid sequence is one U+FFFD, as Go decodes. */
function positionedInvalidText(bytes: Uint8Array, start: number, end: number): PositionedText {
  const positions: number[] = [];
  let text = '';
  for (let at = start; at < end;) {
    const length = sequenceLength(bytes, at, end);
    const char = length === 0 ? '\ufffd' : utf8Slice.call(bytes, at, at + length);
    for (let i = 0; i < char.length; i++) positions.push(at);
    text += char;
    at += Math.max(1, length);
  }
  positions.push(end);
  return { text, positionOf: (index) => positions[index] ?? end };
}

/** Length of the valid UTF-8 sequence at `at`, 0 when there is none. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at];
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > end) return 0;
  return isUtf8(Buffer.from(bytes.subarray(at, at + length))) ? length : 0;
}
