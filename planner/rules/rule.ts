import type { LogicalPlan } from '../logical/plan.ts';

/**
 * A rewrite that keeps the query's results. Its comment shows a plan before and after, and then what it refuses and why.
 * A rule does all of its work in one application; applied to its own result it changes nothing.
 */
export interface Rule {
  /** Verb and object; users switch rules off by it. */
  readonly name: string;
  /** The new plan, or null when nothing changes. */
  apply(plan: LogicalPlan): LogicalPlan | null;
}
