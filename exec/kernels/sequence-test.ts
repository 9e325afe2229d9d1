import { type ByteSequence, NO, YES } from './find-sequences/byte-sequence.ts';
import { sequenceFinder } from './find-sequences/sequence-finder.ts';
import { sequenceProgram } from './find-sequences/sequence-program.ts';
import { isDense, type LineTest, type RowTest } from './row-test.ts';

/** Fewer rows are not worth a call. */
const ROWS_MIN = 4;

interface Deciders {
  /** Decides about a row in which perhaps a sequence is. */
  readonly perhaps: LineTest;
  /** The same for one in which a sequence is; null: it passes. */
  readonly found: LineTest | null;
  /** Does all of it where only few rows are selected, or lines are too long. */
  readonly otherwise: RowTest;
}

/** Rows in which one of the sequences is. Null when there is no such search (see `sequenceProgram`). */
export function sequenceTest(sequences: readonly ByteSequence[], deciders: Deciders): RowTest | null {
  const program = sequenceProgram(sequences);
  if (program === null) return null;
  const { perhaps, found, otherwise } = deciders;
  let verdicts = new Uint8Array(0);
  return {
    mark: (line, selection, count, marks) => {
      if (verdicts.length < count) verdicts = new Uint8Array(count);
      const isSearched = count >= ROWS_MIN && isDense(line, selection, count);
      if (!isSearched || !sequenceFinder().find(program, line, selection, count, verdicts)) {
        otherwise.mark(line, selection, count, marks);
        return;
      }
      const { offsets, values } = line;
      for (let i = 0; i < count; i++) {
        const verdict = verdicts[i];
        if (verdict === NO || marks[i] === 1) continue;
        const decide = verdict === YES ? found : perhaps;
        const row = selection[i];
        if (decide === null || decide(values, offsets[row], offsets[row + 1])) marks[i] = 1;
      }
    },
  };
}
