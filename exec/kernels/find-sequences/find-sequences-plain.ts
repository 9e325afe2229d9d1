import type { TextColumn } from '../../batch/text-column.ts';
import { type ByteSequence, NO, PERHAPS, YES } from './byte-sequence.ts';
import { chooseWindow } from './choose-window.ts';

/** What `SequenceFinder.find` does, one byte after another: what the sequences say of each row, all of them together. */
export function findSequencesPlain(
  { offsets, values }: TextColumn,
  selection: Uint32Array,
  sequences: readonly ByteSequence[],
): Set<number>[] {
  const placed = sequences.map((sequence) => ({ sequence, window: chooseWindow(sequence) }));
  return Array.from(selection, (row) => {
    const line = values.subarray(offsets[row], offsets[row + 1]);
    const said = new Set<number>();
    for (const { sequence, window } of placed) {
      for (let at = 0; at < line.length; at++) said.add(verdictAt(line, sequence, window, at));
    }
    said.delete(NO);
    return said;
  });
}

/** Of a sequence whose byte `window` would be at `at`: to the right and to the left, up to a byte that says perhaps. */
function verdictAt(line: Uint8Array, sequence: ByteSequence, window: number, at: number): number {
  const first = at - window;
  const says = (i: number): number => (first + i < 0 || first + i >= line.length ? NO : sequence[i][line[first + i]]);
  let right = window;
  while (right < sequence.length && says(right) === YES) right++;
  let left = window - 1;
  while (left >= 0 && says(left) === YES) left--;
  const ends = [right === sequence.length ? YES : says(right), left < 0 ? YES : says(left)];
  return ends.includes(NO) ? NO : ends.includes(PERHAPS) ? PERHAPS : YES;
}
