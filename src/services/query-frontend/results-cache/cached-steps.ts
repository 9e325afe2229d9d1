import type { Series } from '../../../../exec/result/query-result.ts';
import type { StepRange } from './step-ranges.ts';

/** What the values of an entry are an answer about. */
export interface Stamp {
  /** The process whose moments these are. */
  readonly process: string;
  /** Of its write history: what was written later is not in the values. */
  readonly moment: number;
  /** The state of what was committed, when everything was (committed-state.ts); null otherwise. */
  readonly committed: string | null;
}

/** A part of a metric answer: one entry of the cache. */
export interface CachedSteps {
  readonly stamp: Stamp;
  /** Series have a value for each of these steps. */
  readonly window: StepRange;
  /** Those that are known. Of others, nothing is present. */
  readonly known: readonly StepRange[];
  readonly series: readonly Series[];
}
