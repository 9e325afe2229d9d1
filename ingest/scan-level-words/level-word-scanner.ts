import { Kernel } from '../../src/common/web-assembly.ts';
import { SCAN_LEVEL_WORDS_WASM } from './scan-level-words-wasm.ts';

/** A word of up to 8 ASCII letters in lower case, and the number of its level. */
export interface LevelWord {
  readonly bytes: Uint8Array;
  readonly code: number;
}

/** Bytes that can stand before and behind a word. */
export interface WordBoundaries {
  readonly left: string;
  readonly right: string;
}

/** Larger bodies are not copied: the kernel's memory never shrinks. */
const BODY_BYTES_MAX = 4 << 20;

/** As in scan-level-words.as. */
const LOW_HALVES_AT = 0;
const HIGH_HALVES_AT = 16;
const RIGHT_BOUNDARIES_AT = 32;
const WORDS_AT = 288;
const WORD_BYTES = 24;
const STEP = 16;

/** Bits by which the halves of a byte are joined: one for each set of lower halves, boundaries below first letters. */
const BOUNDARY_BITS = [1, 2, 4, 8];
const LETTER_BITS = [0x10, 0x20];

interface Functions {
  scan(start: number, end: number, wordsEnd: number): number;
}

/**
 * Looks for level words in the lines of a body: WebAssembly, 16 bytes a step. The body is copied as a whole, so it must not
 * change where lines are still to be scanned.
 */
export class LevelWordScanner {
  readonly #kernel = new Kernel<Functions>(SCAN_LEVEL_WORDS_WASM);
  readonly #bodyAt: number;
  readonly #wordsEnd: number;
  #body: Uint8Array | null = null;

  /** Of two words that start alike the longer comes first. */
  constructor(words: readonly LevelWord[], { left, right }: WordBoundaries) {
    const { bytes, words: memory } = this.#kernel;
    writeHalves(bytes, bytesOf(left), BOUNDARY_BITS);
    const firsts = words.flatMap(({ bytes: [first] }) => [first, first - 0x20]);
    writeHalves(bytes, firsts, LETTER_BITS);
    for (const byte of bytesOf(right)) bytes[RIGHT_BOUNDARIES_AT + byte] = 1;
    for (const [i, word] of words.entries()) {
      const at = WORDS_AT + i * WORD_BYTES;
      bytes.set(word.bytes, at);
      bytes.fill(0xff, at + 8, at + 8 + word.bytes.length);
      memory.set([word.bytes.length, word.code], at / 4 + 4);
    }
    this.#wordsEnd = WORDS_AT + words.length * WORD_BYTES;
    this.#bodyAt = (this.#wordsEnd + STEP) & -STEP;
  }

  /** Takes the body whose lines are to be scanned in this turn, or none. */
  load(body: Uint8Array | null): void {
    this.#body = body !== null && body.length <= BODY_BYTES_MAX ? body : null;
    if (this.#body === null) return;
    this.#kernel.makeRoom(this.#bodyAt + this.#body.length + STEP);
    this.#kernel.bytes.set(this.#body, this.#bodyAt);
  }

  has(body: Uint8Array): boolean {
    return this.#body === body;
  }

  /** The code of the first level word of the line, or 0, and 16 more when the line has an equals sign. */
  scan(start: number, end: number): number {
    return this.#kernel.call.scan(this.#bodyAt + start, this.#bodyAt + end, this.#wordsEnd);
  }
}

/** Tables by lower and upper half of a byte that have a bit in common for these bytes, and for no others. */
function writeHalves(memory: Uint8Array, set: readonly number[], bits: readonly number[]): void {
  const bitOf = new Map<string, number>();
  for (let upper = 0; upper < 16; upper++) {
    const lowers = set.filter((byte) => byte >> 4 === upper).map((byte) => byte & 15);
    if (lowers.length === 0) continue;
    const key = [...new Set(lowers)].sort((a, b) => a - b).join();
    const bit = bitOf.get(key) ?? bits[bitOf.size];
    if (bit === undefined) throw new RangeError('Cannot make tables of the bytes: too many sets of lower halves');
    bitOf.set(key, bit);
    memory[HIGH_HALVES_AT + upper] |= bit;
    for (const lower of lowers) memory[LOW_HALVES_AT + lower] |= bit;
  }
}

function bytesOf(text: string): number[] {
  return [...Buffer.from(text, 'latin1')];
}
