/** One kernel over made lines, at any size. */
export interface MicroBenchmark {
  readonly name: string;
  /** What `work` counts: MB are 10^6 bytes of raw lines. */
  readonly unit: 'MB/s' | 'rows/s';
  /** Prepares a run over so many lines. What it does is not measured. */
  prepare(rows: number): PreparedRun | Promise<PreparedRun>;
}

export interface PreparedRun {
  /** Bytes or rows of one run. */
  readonly work: number;
  /** The measured part; the same answer every time. */
  readonly run: () => number | Promise<number>;
  /** What `run` must answer, worked out in the obvious way. */
  readonly expected: number;
}

/** The size that is measured, and one at which the tests check answers. */
export const ROWS = { measured: 50_000, checked: 500 };
