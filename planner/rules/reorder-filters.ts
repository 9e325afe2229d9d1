import { unreachable } from '../../src/common/assert.ts';
import type { LabelPredicate, LineFilterOp, Stage } from '../ir/stage.ts';
import { mapChains, pipe, type ChainStep, type LogChain } from '../logical/chain.ts';
import { isFilter, touchesErrors } from '../logical/stage-traits.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * Scan line=[matches "a.+b", contains "error"]  labels=[region = "eu"]
 *   →
 * Scan labels=[region = "eu"]  line=[contains "error", matches "a.+b"]
 * ```
 * Neighbouring filters in the order of what they cost per row (spec fact 102): labels first, because their pages are
 * small and a row group without survivors never reads its lines; then substrings, patterns, addresses, and regular
 * expressions last. Equal costs keep the written order.
 *
 * Refused: swapping two filters that set or see the error state (conversions, ip, `__error__`): which error is recorded,
 * and which row passes because of one, depends on their order.
 */
export const reorderFilters: Rule = {
  name: 'ReorderFilters',
  apply: (plan) => mapChains(plan, reorder),
};

function reorder({ scan, steps }: LogChain): LogChain | null {
  const predicates = ordered(scan.predicates);
  const sorted = orderRuns(steps);
  const same =
    predicates.every((stage, i) => stage === scan.predicates[i]) && sorted.every((step, i) => step === steps[i]);
  return same ? null : { scan: { ...scan, predicates }, steps: sorted };
}

/** Orders each run of neighbouring filters. */
function orderRuns(steps: readonly ChainStep[]): ChainStep[] {
  const out: ChainStep[] = [];
  let run: ChainStep[] = [];
  const endRun = (): void => {
    const byStage = new Map(run.flatMap((step) => (step.kind === 'Pipe' ? [[step.stage, step] as const] : [])));
    out.push(...ordered([...byStage.keys()]).map((stage) => byStage.get(stage) ?? pipe(stage)));
    run = [];
  };
  for (const step of steps) {
    if (step.kind === 'Pipe' && isFilter(step.stage)) {
      run.push(step);
      continue;
    }
    endRun();
    out.push(step);
  }
  endRun();
  return out;
}

/** Stable. Costs of filters on the error state never fall along the list, so they keep their order among each other. */
function ordered(filters: readonly Stage[]): Stage[] {
  let floor = 0;
  const costs = new Map<Stage, number>();
  for (const filter of filters) {
    const cost = costOf(filter);
    if (!(filter.kind === 'LabelFilter' && touchesErrors(filter.predicate))) {
      costs.set(filter, cost);
      continue;
    }
    floor = Math.max(floor, cost);
    costs.set(filter, floor);
  }
  return filters.toSorted((a, b) => (costs.get(a) ?? 0) - (costs.get(b) ?? 0));
}

const LINE_COST: Record<LineFilterOp, number> = { '|=': 10, '!=': 11, '|>': 12, '!>': 12, '|~': 14, '!~': 14 };
const LINE_IP_COST = 13;

function costOf(filter: Stage): number {
  if (filter.kind === 'LabelFilter') return predicateCost(filter.predicate);
  if (filter.kind !== 'LineFilter') return 0;
  return filter.alternatives.some(({ ip }) => ip) ? LINE_IP_COST : LINE_COST[filter.op];
}

function predicateCost(predicate: LabelPredicate): number {
  switch (predicate.kind) {
    case 'And':
    case 'Or':
      return Math.max(predicateCost(predicate.left), predicateCost(predicate.right));
    case 'String':
      return predicate.matcher.op === '=' || predicate.matcher.op === '!=' ? 1 : 3;
    case 'Number':
    case 'Duration':
    case 'Bytes':
      return 2;
    case 'Ip':
      return 4;
    default:
      return unreachable(predicate);
  }
}
