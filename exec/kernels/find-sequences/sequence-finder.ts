import type { TextColumn } from '../../batch/text-column.ts';
import { Kernel } from '../../../src/common/web-assembly.ts';
import { aligned, endOfPart, placeLines } from '../line-parts.ts';
import { FIND_SEQUENCES_WASM } from './find-sequences-wasm.ts';
import { PROGRAM_BYTES_MAX, type SequenceProgram } from './sequence-program.ts';

interface Functions {
  findSequences(lines: number, offsets: number, selection: number, count: number, verdicts: number): void;
}

/**
 * Finds out in which rows one of up to 64 sequences of bytes is, 16 bytes a step: WebAssembly. Lines are copied into its
 * memory, which costs less than half of what the search does.
 */
export class SequenceFinder {
  readonly #kernel = new Kernel<Functions>(FIND_SEQUENCES_WASM);
  #program: SequenceProgram | null = null;

  /**
   * Sets `verdicts[i]` for every i below `count`: what the first sequence that does not say NO says of row `selection[i]`
   * (ascending), else NO. False: a line is too long for it, and verdicts are not set.
   */
  find(
    program: SequenceProgram,
    line: TextColumn,
    selection: Uint32Array,
    count: number,
    verdicts: Uint8Array,
  ): boolean {
    if (program !== this.#program) this.#kernel.bytes.set(program);
    this.#program = program;
    for (let first = 0; first < count;) {
      const next = endOfPart(line, selection, first, count);
      if (next < 0) return false;
      this.#findInPart(line, selection.subarray(first, next), verdicts, first);
      first = next;
    }
    return true;
  }

  #findInPart(line: TextColumn, rows: Uint32Array, verdicts: Uint8Array, at: number): void {
    const verdictsAt = PROGRAM_BYTES_MAX;
    const placed = placeLines(this.#kernel, line, rows, aligned(verdictsAt + rows.length));
    const { bytes, call } = this.#kernel;
    bytes.fill(0, verdictsAt, verdictsAt + rows.length);
    call.findSequences(placed.lines, placed.offsets, placed.selection, rows.length, verdictsAt);
    verdicts.set(bytes.subarray(verdictsAt, verdictsAt + rows.length), at);
  }
}

let finder: SequenceFinder | null = null;

/** One for all queries of the thread: it keeps the memory of its largest search. */
export function sequenceFinder(): SequenceFinder {
  return (finder ??= new SequenceFinder());
}
