import type { Expr } from '../grammar/ast.ts';
import type { Clock } from '../src/common/runtime.ts';
import { buildLogicalPlan } from './logical/build.ts';
import { mapChains } from './logical/chain.ts';
import type { LogicalPlan } from './logical/plan.ts';
import type { QueryParams } from './logical/query-params.ts';
import { buildPhysicalPlan } from './physical/build.ts';
import type { Catalog } from './physical/catalog.ts';
import type { PhysicalPlan } from './physical/plan.ts';
import { DEFAULT_RULES } from './rules/default-rules.ts';
import { optimize } from './rules/optimizer.ts';

export interface PlanOptions {
  readonly catalog: Catalog;
  readonly tenant: string;
  readonly clock: Clock;
  /** Names of optimizer rules that must not run. */
  readonly disabledRules?: readonly string[];
  /** Read only the entries of this moment. The answer is not the query's; an error that one of them causes is. */
  readonly onlyAtNs?: bigint;
}

/** A plan that can run, and how it came about. */
export interface PlannedQuery {
  /** What the query says. */
  readonly logical: LogicalPlan;
  /** The same after all rules. */
  readonly optimized: LogicalPlan;
  /** Names of the rules that changed something, in order, each once. */
  readonly rulesFired: readonly string[];
  /** The plan after each change. */
  readonly steps: readonly PlanStep[];
  readonly physical: PhysicalPlan;
  /** Time spent here, the catalog's lookups among it. */
  readonly planMs: number;
}

export interface PlanStep {
  readonly rule: string;
  readonly plan: LogicalPlan;
}

/**
 * Plans a parsed query. Metric range queries come with their steps aligned (`alignToStep`) where that is wanted. Errors:
 * SkaldError `query_limit` for a query that is too large, `bad_request` for an unknown rule name, and the catalog's.
 */
export async function planQuery(expr: Expr, params: QueryParams, options: PlanOptions): Promise<PlannedQuery> {
  const { catalog, tenant, clock, disabledRules = [], onlyAtNs } = options;
  const startMs = clock.monotonicMs();
  const logical = optimizeQuery(expr, params, disabledRules);
  const asked = onlyAtNs === undefined ? logical.optimized : readOnlyAt(logical.optimized, onlyAtNs);
  const physical = await buildPhysicalPlan(asked, catalog, tenant);
  return { ...logical, physical, planMs: clock.monotonicMs() - startMs };
}

function readOnlyAt(plan: LogicalPlan, momentNs: bigint): LogicalPlan {
  const range = { start: momentNs, end: momentNs + 1n };
  return mapChains(plan, ({ scan, steps }) => ({ scan: { ...scan, range }, steps })) ?? plan;
}

/** The part of planning that asks nobody. */
export function optimizeQuery(
  expr: Expr,
  params: QueryParams,
  disabledRules: readonly string[] = [],
): Omit<PlannedQuery, 'physical' | 'planMs'> {
  const logical = buildLogicalPlan(expr, params);
  const steps: PlanStep[] = [];
  const { plan: optimized, fired } = optimize(logical, {
    rules: DEFAULT_RULES,
    disabled: disabledRules,
    onChange: (rule, plan) => steps.push({ rule: rule.name, plan }),
  });
  return { logical, optimized, rulesFired: fired, steps };
}
