import type { LineFilter } from '../ir/stage.ts';
import { mapChains, type ChainStep, type LogChain } from '../logical/chain.ts';
import { changesLine } from '../logical/stage-traits.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * Filter line contains "error"            Parse logfmt
 * └── Parse logfmt                  →     └── Scan line=[contains "error"]
 *     └── Scan
 * ```
 * Line filters go into the scan, past every stage that leaves the line alone: such a stage drops rows or changes labels
 * by what the row has, whether or not another row was dropped before.
 *
 * Refused: filters behind line_format, unpack or decolorize, which see another line; filters above a TopK or a Sample,
 * which count rows.
 */
export const pushDownLineFilter: Rule = {
  name: 'PushDownLineFilter',
  apply: (plan) => mapChains(plan, pushDown),
};

function pushDown({ scan, steps }: LogChain): LogChain | null {
  const barrier = steps.findIndex((step) => step.kind !== 'Pipe' || changesLine(step.stage));
  const reachable = barrier < 0 ? steps : steps.slice(0, barrier);
  const pushed = reachable.flatMap(lineFilterOf);
  if (pushed.length === 0) return null;
  return {
    scan: { ...scan, predicates: [...scan.predicates, ...pushed] },
    steps: steps.filter((step, i) => i >= reachable.length || lineFilterOf(step).length === 0),
  };
}

function lineFilterOf(step: ChainStep): LineFilter[] {
  return step.kind === 'Pipe' && step.stage.kind === 'LineFilter' ? [step.stage] : [];
}
