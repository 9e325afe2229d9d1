import { SkaldError } from '../../src/common/errors.ts';
import { OPTIMIZER_PASSES_MAX } from '../limits.ts';
import type { LogicalPlan } from '../logical/plan.ts';
import type { Rule } from './rule.ts';

export interface OptimizerOptions {
  /** In the order in which they are tried. */
  readonly rules: readonly Rule[];
  /** Names of rules that do not run. An unknown name is refused. */
  readonly disabled?: readonly string[];
  /** Called after each change, with the changed plan. */
  readonly onChange?: (rule: Rule, plan: LogicalPlan) => void;
}

export interface Optimized {
  readonly plan: LogicalPlan;
  /** Names of rules that changed something, in the order in which they first did, each once. */
  readonly fired: readonly string[];
}

/** Runs the rules in order, again and again until none changes the plan (or OPTIMIZER_PASSES_MAX passes are over). */
export function optimize(plan: LogicalPlan, { rules, disabled = [], onChange }: OptimizerOptions): Optimized {
  refuseUnknown(rules, disabled);
  const enabled = rules.filter(({ name }) => !disabled.includes(name));
  const fired = new Set<string>();
  let current = plan;
  for (let pass = 0; pass < OPTIMIZER_PASSES_MAX; pass++) {
    const before = current;
    for (const rule of enabled) {
      const changed = rule.apply(current);
      if (changed === null) continue;
      current = changed;
      fired.add(rule.name);
      onChange?.(rule, current);
    }
    if (current === before) break;
  }
  return { plan: current, fired: [...fired] };
}

function refuseUnknown(rules: readonly Rule[], disabled: readonly string[]): void {
  const names = rules.map(({ name }) => name);
  const unknown = disabled.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new SkaldError(
    'bad_request',
    `Cannot switch off rule "${unknown}": there is none; rules are ${names.join(', ')}`,
  );
}
