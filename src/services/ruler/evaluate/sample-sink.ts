import type { Labels } from '../../../common/labels.ts';
import type { RuleSample } from './rule-query.ts';

/** What one evaluation of one rule wrote. */
export interface SampleBatch {
  readonly tenant: string;
  readonly timeNs: bigint;
  readonly samples: readonly RuleSample[];
  /** Series of the evaluation before that are gone: they get a staleness marker at `timeNs`. */
  readonly stale: readonly Labels[];
}

/** Where the samples of rules go. `append` must not wait for a network, and must not throw for what a network causes. */
export interface SampleSink {
  append(batch: SampleBatch): Promise<void>;
}
