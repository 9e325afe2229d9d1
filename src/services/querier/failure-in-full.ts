import { PipelineError } from '../../../exec/aggregate/pipeline-error.ts';
import type { PlanOptions } from '../../../planner/plan-query.ts';
import { DEFAULT_RULES } from '../../../planner/rules/default-rules.ts';

const ALL_RULES = DEFAULT_RULES.map(({ name }) => name);

/**
 * The error with all labels of the entry that caused it, as Loki shows them. The optimizer lets a query read only what its
 * answer needs, so the query is planned once more as it was written, for the moment of that entry alone. `run` plans
 * and runs it.
 */
export async function failureInFull(
  error: PipelineError,
  run: (options: Pick<PlanOptions, 'disabledRules' | 'onlyAtNs'>) => Promise<unknown>,
): Promise<PipelineError> {
  try {
    await run({ disabledRules: ALL_RULES, onlyAtNs: error.timestampNs });
  } catch (again) {
    if (again instanceof PipelineError) return again;
  }
  return error;
}
