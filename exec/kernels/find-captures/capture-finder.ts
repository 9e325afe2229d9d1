import type { TextColumn } from '../../batch/text-column.ts';
import { Kernel } from '../../../src/common/web-assembly.ts';
import { FIND_CAPTURES_WASM } from './find-captures-wasm.ts';
import type { FoundCaptures, LinePattern } from './line-pattern.ts';

/** More is not searched for. */
export const CAPTURES_MAX = 64;
export const LITERAL_BYTES_MAX = 4096;
/** Of one line. */
export const LINE_BYTES_MAX = 4 << 20;
/** Lines are searched in parts that stay in the processor's cache, unless one line is longer. */
const PART_BYTES_MAX = 128 << 10;

const STEP = 16;
const SLACK_BYTES = 32;
const CAPTURE_BYTES = 12;
const CAPTURES_AT = 0;
const LITERALS_AT = CAPTURES_AT + CAPTURES_MAX * CAPTURE_BYTES;
/** Each literal is padded to whole steps and one more, as 16 bytes from its last one may be read. */
const ROWS_AT = LITERALS_AT + LITERAL_BYTES_MAX + (CAPTURES_MAX + 1) * 2 * STEP;

interface Functions {
  findCaptures(
    lines: number,
    offsets: number,
    selection: number,
    count: number,
    prefix: number,
    prefixLength: number,
    captures: number,
    captureCount: number,
    spans: number,
    stride: number,
    isFound: number,
  ): number;
}

/** Where results of all rows are, and what comes after them. */
interface Room {
  readonly spansAt: number;
  readonly isFoundAt: number;
  readonly partAt: number;
}

/** Finds the captures of a pattern in many lines with one call a part: WebAssembly, 16 bytes a step. */
export class CaptureFinder {
  readonly #kernel = new Kernel<Functions>(FIND_CAPTURES_WASM);

  /** Which of the `count` selected rows have the whole pattern, and where the wanted captures are. Null: too much of something. */
  find(line: TextColumn, selection: Uint32Array, count: number, pattern: LinePattern): FoundCaptures | null {
    if (count === 0 || !isSmall(pattern)) return null;
    const wantedCount = pattern.captures.filter(({ isWanted }) => isWanted).length;
    const spansAt = ROWS_AT;
    const isFoundAt = spansAt + 8 * wantedCount * count;
    const room: Room = { spansAt, isFoundAt, partAt: roundUp(isFoundAt + count) };
    this.#kernel.makeRoom(room.partAt);
    this.#writePattern(pattern);
    const { offsets } = line;
    let rowCount = 0;
    for (let first = 0; first < count;) {
      const from = offsets[selection[first]];
      let next = first + 1;
      while (next < count && offsets[selection[next] + 1] - from <= PART_BYTES_MAX) next++;
      if (offsets[selection[next - 1] + 1] - from > LINE_BYTES_MAX) return null;
      rowCount += this.#findInPart(line, selection.subarray(first, next), pattern, room, first, count);
      first = next;
    }
    const { bytes, words } = this.#kernel;
    return {
      rowCount,
      isFound: bytes.subarray(isFoundAt, isFoundAt + count),
      spans: words.subarray(spansAt / 4, isFoundAt / 4),
    };
  }

  /** Of `rows`, which are those from number `first` on of `count`. */
  #findInPart(
    { offsets, values }: TextColumn,
    rows: Uint32Array,
    { prefix, captures }: LinePattern,
    { spansAt, isFoundAt, partAt }: Room,
    first: number,
    count: number,
  ): number {
    const firstRow = rows[0];
    const endRow = rows[rows.length - 1] + 1;
    const from = offsets[firstRow];
    const to = offsets[endRow];
    const rowsAt = partAt + 4 * (endRow - firstRow + 1);
    const linesAt = roundUp(rowsAt + 4 * rows.length);
    this.#kernel.makeRoom(linesAt + (to - from) + SLACK_BYTES);
    const { bytes, words, call } = this.#kernel;
    words.set(offsets.subarray(firstRow, endRow + 1), partAt / 4);
    words.set(rows, rowsAt / 4);
    bytes.set(values.subarray(from, to), linesAt);
    // Addresses of row 0 and of offset 0, wherever those would be.
    const searched = [linesAt - from, partAt - 4 * firstRow, rowsAt, rows.length] as const;
    const told = [spansAt + 8 * first, 8 * count, isFoundAt + first] as const;
    return call.findCaptures(...searched, LITERALS_AT, prefix.length, CAPTURES_AT, captures.length, ...told);
  }

  #writePattern({ prefix, captures }: LinePattern): void {
    const { bytes, words } = this.#kernel;
    bytes.set(prefix, LITERALS_AT);
    let at = LITERALS_AT + roundUp(prefix.length) + STEP;
    let wanted = 0;
    for (const [c, { until, isWanted }] of captures.entries()) {
      bytes.set(until, at);
      words.set([at, until.length, isWanted ? wanted++ : -1], (CAPTURES_AT + c * CAPTURE_BYTES) / 4);
      at += roundUp(until.length) + STEP;
    }
  }
}

function roundUp(size: number): number {
  return Math.ceil(size / STEP) * STEP;
}

function isSmall({ prefix, captures }: LinePattern): boolean {
  const literalBytes = captures.reduce((sum, { until }) => sum + until.length, prefix.length);
  return captures.length > 0 && captures.length <= CAPTURES_MAX && literalBytes <= LITERAL_BYTES_MAX;
}

let finder: CaptureFinder | null = null;

/** One for all queries of the thread: it keeps the memory of its largest search. */
export function captureFinder(): CaptureFinder {
  return (finder ??= new CaptureFinder());
}
