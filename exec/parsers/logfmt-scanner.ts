import { ByteArena } from '../batch/byte-arena.ts';
import { BACKSLASH, hexEscape, QUOTE, simpleEscape, writeCodePoint } from '../../src/common/json-bytes.ts';
import { isReplacement } from './json-text.ts';
import { hasTokenAt } from './key-table.ts';

const SPACE = 0x20;
const EQUALS = 0x3d;
const SINGLE_QUOTE = 0x27;
const REPLACEMENT = 0xfffd;

export type LogfmtProblem =
  "unexpected '='" | "unexpected '\"'" | 'invalid key' | 'unterminated quoted value' | 'invalid quoted value';

/**
 * Walks the pairs of a logfmt line (facts 134, 135). After `next()` returned true, the key is
 * `heap[keyStart .. keyEnd)` and the value `valueHeap[valueStart .. valueEnd)`, until the next call. A pair that is not
 * valid gives false with `problem` and `position` set, and the walk can go on after it; the end of the line gives false
 * without a problem.
 */
export class LogfmtScanner {
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  valueHeap: Uint8Array = new Uint8Array(0);
  problem: LogfmtProblem | null = null;
  /** 1-based byte position in the line at which the problem was found. */
  position = 0;
  readonly #unescaped = new ByteArena();
  #heap: Uint8Array = new Uint8Array(0);
  #start = 0;
  #pos = 0;
  #end = 0;

  begin(heap: Uint8Array, start: number, end: number): void {
    this.#heap = heap;
    this.#start = start;
    this.#pos = start;
    this.#end = end;
  }

  get atEnd(): boolean {
    return this.#pos >= this.#end;
  }

  /** Whether the next pair begins with `token`, a key without U+FFFD and its `=`. */
  isAt(token: Uint8Array): boolean {
    const heap = this.#heap;
    let pos = this.#pos;
    while (pos < this.#end && heap[pos] <= SPACE) pos++;
    this.#pos = pos;
    return hasTokenAt(token, heap, pos, this.#end);
  }

  /** As `next`, after `isAt` was true; it need not look at the key. */
  take(token: Uint8Array): boolean {
    const valueAt = this.#pos + token.length;
    this.problem = null;
    this.keyStart = this.#pos;
    this.keyEnd = valueAt - 1;
    this.valueHeap = this.#heap;
    return this.#value(valueAt);
  }

  next(): boolean {
    const heap = this.#heap;
    const end = this.#end;
    this.problem = null;
    let pos = this.#pos;
    while (pos < end && heap[pos] <= SPACE) pos++;
    this.#pos = pos;
    if (pos >= end) return false;
    this.keyStart = pos;
    let multibyte = false;
    let c = 0;
    while (pos < end && (c = heap[pos]) > SPACE && c !== EQUALS && c !== QUOTE) {
      if (c >= 0x80) multibyte = true;
      pos++;
    }
    this.keyEnd = pos;
    if (pos < end && (c === QUOTE || (c === EQUALS && pos === this.keyStart))) return this.#unexpected(pos, c);
    if (multibyte && this.#keyHasReplacement()) return this.#refuse(pos, pos, 'invalid key');
    this.valueHeap = heap;
    this.valueStart = pos;
    this.valueEnd = pos;
    if (pos < end && c === EQUALS) return this.#value(pos + 1);
    this.#pos = pos;
    return true;
  }

  #value(at: number): boolean {
    const heap = this.#heap;
    const end = this.#end;
    let pos = at;
    this.valueStart = pos;
    if (pos < end && heap[pos] === QUOTE) return this.#quoted(pos);
    let c = 0;
    while (pos < end && (c = heap[pos]) > SPACE && c !== EQUALS && c !== QUOTE) pos++;
    if (pos < end && c > SPACE) return this.#unexpected(pos, c);
    this.valueEnd = pos;
    this.#pos = pos;
    return true;
  }

  #quoted(open: number): boolean {
    const heap = this.#heap;
    const end = this.#end;
    let escaped = false;
    let pos = open + 1;
    while (pos < end && heap[pos] !== QUOTE) {
      if (heap[pos] === BACKSLASH) {
        escaped = true;
        pos++;
      }
      pos++;
    }
    if (pos >= end) return this.#refuse(end, end, 'unterminated quoted value');
    this.#pos = pos + 1;
    this.valueStart = open + 1;
    this.valueEnd = pos;
    if (!escaped) return true;
    this.#unescaped.size = 0;
    if (!unescapeQuoted(heap, open + 1, pos, this.#unescaped)) {
      return this.#refuse(pos + 1, pos + 1, 'invalid quoted value');
    }
    this.valueHeap = this.#unescaped.bytes;
    this.valueStart = 0;
    this.valueEnd = this.#unescaped.size;
    return true;
  }

  #keyHasReplacement(): boolean {
    for (let i = this.keyStart; i < this.keyEnd; i++) if (isReplacement(this.#heap, i, this.keyEnd)) return true;
    return false;
  }

  #unexpected(pos: number, c: number): false {
    return this.#refuse(pos, pos, c === QUOTE ? "unexpected '\"'" : "unexpected '='");
  }

  /** Notes the problem and goes on at the next separator. */
  #refuse(at: number, skipFrom: number, problem: LogfmtProblem): false {
    let pos = skipFrom;
    while (pos < this.#end && this.#heap[pos] > SPACE) pos++;
    this.#pos = pos;
    this.problem = problem;
    this.position = at - this.#start + 1;
    return false;
  }
}

/**
 * Appends the text of a quoted value to the arena. Escapes are JSON's and `\'`; half a surrogate pair is U+FFFD. False
 * when an escape is not valid or a control character stands in the value.
 */
function unescapeQuoted(heap: Uint8Array, start: number, end: number, arena: ByteArena): boolean {
  const begin = arena.reserve(end - start);
  const out = arena.bytes;
  let to = begin;
  for (let pos = start; pos < end;) {
    const c = heap[pos];
    if (c < SPACE) return false;
    if (c !== BACKSLASH) {
      out[to++] = c;
      pos++;
      continue;
    }
    const letter = pos + 1 < end ? heap[pos + 1] : 0;
    const plain = letter === SINGLE_QUOTE ? letter : simpleEscape(letter);
    if (plain >= 0) {
      out[to++] = plain;
      pos += 2;
      continue;
    }
    const first = hexEscape(heap, pos, end);
    if (first < 0) return false;
    const second = first >= 0xd800 && first <= 0xdbff ? hexEscape(heap, pos + 6, end) : -1;
    const isPair = second >= 0xdc00 && second <= 0xdfff;
    const isHalf = !isPair && first >= 0xd800 && first <= 0xdfff;
    const point = isPair ? 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00) : isHalf ? REPLACEMENT : first;
    to = writeCodePoint(out, to, point);
    pos += isPair ? 12 : 6;
  }
  arena.size = to;
  return true;
}
