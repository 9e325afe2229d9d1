import type { TextColumn } from '../../batch/text-column.ts';
import { Kernel } from '../../../src/common/web-assembly.ts';
import { findSpans, type FoundSpans } from '../found-spans.ts';
import { aligned } from '../line-parts.ts';
import { FIND_CAPTURES_WASM } from './find-captures-wasm.ts';
import type { LinePattern } from './line-pattern.ts';

/** More is not searched for. */
export const CAPTURES_MAX = 64;
export const LITERAL_BYTES_MAX = 4096;

const STEP = 16;
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

/** Finds the captures of a pattern in many lines with one call a part: WebAssembly, 16 bytes a step. */
export class CaptureFinder {
  readonly #kernel = new Kernel<Functions>(FIND_CAPTURES_WASM);

  /** Which of the selected rows have the whole pattern, and where the wanted captures are. Null: too much of something. */
  find(line: TextColumn, selection: Uint32Array, pattern: LinePattern): FoundSpans | null {
    if (selection.length === 0 || !isSmall(pattern)) return null;
    const { prefix, captures } = pattern;
    const wantedCount = captures.filter(({ isWanted }) => isWanted).length;
    this.#kernel.makeRoom(ROWS_AT);
    this.#writePattern(pattern);
    const searched = [LITERALS_AT, prefix.length, CAPTURES_AT, captures.length] as const;
    return findSpans(this.#kernel, { line, selection }, wantedCount, ROWS_AT, (rows) =>
      this.#kernel.call.findCaptures(
        ...([rows.lines, rows.offsets, rows.selection, rows.count] as const),
        ...searched,
        ...([rows.spans, rows.stride, rows.isFound] as const),
      ),
    );
  }

  #writePattern({ prefix, captures }: LinePattern): void {
    const { bytes, words } = this.#kernel;
    bytes.set(prefix, LITERALS_AT);
    let at = LITERALS_AT + aligned(prefix.length) + STEP;
    let wanted = 0;
    for (const [c, { until, isWanted }] of captures.entries()) {
      bytes.set(until, at);
      words.set([at, until.length, isWanted ? wanted++ : -1], (CAPTURES_AT + c * CAPTURE_BYTES) / 4);
      at += aligned(until.length) + STEP;
    }
  }
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
