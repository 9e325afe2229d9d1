import type { TextColumn } from '../../batch/text-column.ts';
import { Kernel } from '../../../src/common/web-assembly.ts';
import { FIND_SEQUENCES_WASM } from './find-sequences-wasm.ts';
import { PROGRAM_BYTES_MAX, type SequenceProgram } from './sequence-program.ts';

/** Of one line. */
export const LINE_BYTES_MAX = 4 << 20;
/** Lines are searched in parts that stay in the processor's cache, unless one line is longer. */
const PART_BYTES_MAX = 128 << 10;
/** Bytes after the lines that the kernel may read. */
const SLACK_BYTES = 64;
const ALIGNMENT = 16;

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
    const { offsets } = line;
    for (let first = 0; first < count;) {
      const from = offsets[selection[first]];
      let next = first + 1;
      while (next < count && offsets[selection[next] + 1] - from <= PART_BYTES_MAX) next++;
      if (offsets[selection[next - 1] + 1] - from > LINE_BYTES_MAX) return false;
      this.#findInPart(line, selection.subarray(first, next), verdicts, first);
      first = next;
    }
    return true;
  }

  #findInPart({ offsets, values }: TextColumn, rows: Uint32Array, verdicts: Uint8Array, at: number): void {
    const count = rows.length;
    const firstRow = rows[0];
    const endRow = rows[count - 1] + 1;
    const from = offsets[firstRow];
    const to = offsets[endRow];
    const offsetsAt = PROGRAM_BYTES_MAX;
    const rowsAt = offsetsAt + 4 * (endRow - firstRow + 1);
    const verdictsAt = rowsAt + 4 * count;
    const linesAt = Math.ceil((verdictsAt + count) / ALIGNMENT) * ALIGNMENT;
    this.#kernel.makeRoom(linesAt + (to - from) + SLACK_BYTES);
    const { bytes, words, call } = this.#kernel;
    words.set(offsets.subarray(firstRow, endRow + 1), offsetsAt / 4);
    words.set(rows, rowsAt / 4);
    bytes.fill(0, verdictsAt, verdictsAt + count);
    bytes.set(values.subarray(from, to), linesAt);
    // Addresses of row 0 and of offset 0, wherever those would be.
    call.findSequences(linesAt - from, offsetsAt - 4 * firstRow, rowsAt, count, verdictsAt);
    verdicts.set(bytes.subarray(verdictsAt, verdictsAt + count), at);
  }
}

let finder: SequenceFinder | null = null;

/** One for all queries of the thread: it keeps the memory of its largest search. */
export function sequenceFinder(): SequenceFinder {
  return (finder ??= new SequenceFinder());
}
