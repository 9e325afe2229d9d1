import { unreachable } from '../../src/common/assert.ts';
import type { Stage } from '../ir/stage.ts';
import type { LogicalPlan, LogPlan, Pipe, RangeAggregation, Sample, Scan, TopK } from './plan.ts';
import { mapLogPlans } from './visit.ts';

/** A log plan as a list: the scan, then what happens to its rows in order. Log plans have one input each. */
export interface LogChain {
  readonly scan: Scan;
  readonly steps: readonly ChainStep[];
}

export type ChainStep = Omit<Pipe, 'input'> | Omit<TopK, 'input'> | Omit<Sample, 'input'>;

export function toChain(plan: LogPlan): LogChain {
  const steps: ChainStep[] = [];
  let node = plan;
  while (node.kind !== 'Scan') {
    const { input, ...step } = node;
    steps.push(step);
    node = input;
  }
  return { scan: node, steps: steps.reverse() };
}

export function fromChain({ scan, steps }: LogChain): LogPlan {
  return steps.reduce<LogPlan>((input, step) => withInput(step, input), scan);
}

function withInput(step: ChainStep, input: LogPlan): LogPlan {
  switch (step.kind) {
    case 'Pipe':
    case 'TopK':
    case 'Sample':
      return { ...step, input };
    default:
      return unreachable(step);
  }
}

export function pipe(stage: Stage): ChainStep {
  return { kind: 'Pipe', stage };
}

/** Rewrites the chain of every log plan; `change` gives null where nothing changes. Null: no chain changed. */
export function mapChains(
  plan: LogicalPlan,
  change: (chain: LogChain, consumer: RangeAggregation | null) => LogChain | null,
): LogicalPlan | null {
  const mapped = mapLogPlans(plan, (log, consumer) => {
    const changed = change(toChain(log), consumer);
    return changed === null ? log : fromChain(changed);
  });
  return mapped === plan ? null : mapped;
}

/**
 * Rewrites the stages of every log plan, those in `Scan.predicates` and those in pipes, each by itself. `change` gives
 * the same stage where nothing changes, and null where the stage goes away.
 */
export function mapStages(plan: LogicalPlan, change: (stage: Stage) => Stage | null): LogicalPlan | null {
  return mapChains(plan, ({ scan, steps }) => {
    const predicates = scan.predicates.map(change);
    const pipes = steps.map((step) => (step.kind === 'Pipe' ? change(step.stage) : null));
    const samePredicates = predicates.every((stage, i) => stage === scan.predicates[i]);
    const sameSteps = steps.every((step, i) => step.kind !== 'Pipe' || step.stage === pipes[i]);
    if (samePredicates && sameSteps) return null;
    return {
      scan: samePredicates ? scan : { ...scan, predicates: predicates.filter((stage) => stage !== null) },
      steps: steps.flatMap((step, i): ChainStep[] => {
        if (step.kind !== 'Pipe') return [step];
        const stage = pipes[i];
        return stage ? [pipe(stage)] : [];
      }),
    };
  });
}
