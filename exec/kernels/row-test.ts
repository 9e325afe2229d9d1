import type { TextColumn } from '../batch/text-column.ts';

/**
 * Tests lines without making strings of them. `mark` sets `marks[i]` to 1 for every i below `count` whose row
 * `selection[i]` passes, and leaves the other marks alone, so that several tests can be joined by `or`.
 */
export interface RowTest {
  mark(line: TextColumn, selection: Uint32Array, count: number, marks: Uint8Array): void;
}

/** Tests one line: `values[start .. end)`. */
export type LineTest = (values: Uint8Array, start: number, end: number) => boolean;

/** Every line passes. */
export const everyRow: RowTest = {
  mark: (_line, _selection, count, marks) => {
    marks.fill(1, 0, count);
  },
};

/** Runs `test` on every row that is not marked yet. */
export function eachRow(test: LineTest): RowTest {
  return {
    mark: (line, selection, count, marks) => {
      const { offsets, values } = line;
      for (let i = 0; i < count; i++) {
        const row = selection[i];
        if (marks[i] === 0 && test(values, offsets[row], offsets[row + 1])) marks[i] = 1;
      }
    },
  };
}

/** Marks rows that pass any of the tests. */
export function anyTest(tests: readonly RowTest[]): RowTest {
  if (tests.length === 1) return tests[0];
  return {
    mark: (line, selection, count, marks) => {
      for (const test of tests) test.mark(line, selection, count, marks);
    },
  };
}

/** Runs `test` only on rows that `prefilter` marks: every row that passes `test` must pass `prefilter`. */
export function guardedTest(prefilter: RowTest, test: LineTest): RowTest {
  let candidates = new Uint8Array(0);
  return {
    mark: (line, selection, count, marks) => {
      if (candidates.length < count) candidates = new Uint8Array(count);
      candidates.fill(0, 0, count);
      prefilter.mark(line, selection, count, candidates);
      const { offsets, values } = line;
      for (let i = 0; i < count; i++) {
        const row = selection[i];
        if (candidates[i] === 1 && marks[i] === 0 && test(values, offsets[row], offsets[row + 1])) marks[i] = 1;
      }
    },
  };
}

/** A region of the value buffer is worth searching as a whole when at least one byte in this many is selected. */
const DENSE_RATIO = 4;

/** Whether the selected rows fill enough of the region between the first and the last of them. `count` is not 0. */
export function isDense({ offsets }: TextColumn, selection: Uint32Array, count: number): boolean {
  const region = offsets[selection[count - 1] + 1] - offsets[selection[0]];
  let selected = 0;
  for (let i = 0; i < count; i++) selected += offsets[selection[i] + 1] - offsets[selection[i]];
  return selected * DENSE_RATIO >= region;
}
