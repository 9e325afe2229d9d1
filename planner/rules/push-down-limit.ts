import { mapChains, type LogChain } from '../logical/chain.ts';
import { immediateLabels, isFilter, isParser } from '../logical/stage-traits.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * TopK k=100                              Format line "{{.msg}}"
 * └── Format line "{{.msg}}"        →     └── Parse json
 *     └── Parse json                          └── TopK k=100
 *         └── Scan                                └── Scan
 * ```
 * The newest (or oldest) entries are chosen before stages that neither drop nor add rows, so that only the chosen ones are
 * parsed and formatted. Time, the only sort key, is changed by no stage.
 *
 * Refused: filters, and parsers with immediate ones, which decide what can be chosen; a pipeline under a Sample, which thins out entries of all streams
 * together and so runs where the workers' rows meet.
 */
export const pushDownLimit: Rule = {
  name: 'PushDownLimit',
  apply: (plan) => mapChains(plan, pushDown),
};

function pushDown({ scan, steps }: LogChain): LogChain | null {
  const top = steps.findIndex(({ kind }) => kind === 'TopK' || kind === 'Sample');
  const topK = steps[top];
  if (topK === undefined || topK.kind !== 'TopK') return null;
  let first = top;
  while (first > 0 && preservesRows(steps[first - 1])) first--;
  if (first === top) return null;
  return { scan, steps: [...steps.slice(0, first), topK, ...steps.slice(first, top), ...steps.slice(top + 1)] };
}

function preservesRows(step: LogChain['steps'][number] | undefined): boolean {
  if (step === undefined || step.kind !== 'Pipe' || isFilter(step.stage)) return false;
  return !isParser(step.stage) || immediateLabels(step.stage).length === 0;
}
