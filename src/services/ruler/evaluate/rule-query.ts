import type { Labels } from '../../../common/labels.ts';

/** One series at one time: of a query's vector, or recorded by a rule. */
export interface RuleSample {
  readonly labels: Labels;
  readonly value: number;
}

/**
 * Runs the query of a rule at one time, for one tenant. A scalar is one sample without labels. Errors: those of the
 * query, and `bad_request` when its result is neither a vector nor a scalar.
 */
export type RuleQuery = (expr: string, timeNs: bigint, tenant: string) => Promise<readonly RuleSample[]>;
