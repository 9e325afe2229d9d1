import { parseQuery } from '../../grammar/parse.ts';
import { NS_PER_SECOND } from '../../src/common/time.ts';
import { buildLogicalPlan } from '../logical/build.ts';
import type { LogicalPlan } from '../logical/plan.ts';
import type { QueryParams } from '../logical/query-params.ts';
import { printLogicalPlan } from '../print/logical.ts';
import type { TimeFormat } from '../print/times.ts';
import { DEFAULT_RULES } from '../rules/default-rules.ts';
import { optimize } from '../rules/optimizer.ts';
import type { Rule } from '../rules/rule.ts';

/** Plans in tests show times as seconds since the epoch. */
export const FROM_EPOCH: TimeFormat = { originNs: 0n };

/** From one hour to two hours after the epoch, one step of a minute, newest ten entries. */
export const PARAMS: QueryParams = {
  startNs: 3600n * NS_PER_SECOND,
  endNs: 7200n * NS_PER_SECOND,
  stepNs: 60n * NS_PER_SECOND,
  limit: 10,
  direction: 'backward',
  intervalNs: 0n,
  instant: false,
};

export const INSTANT: Partial<QueryParams> = {
  startNs: 3600n * NS_PER_SECOND,
  endNs: 3600n * NS_PER_SECOND,
  instant: true,
};

export function logicalPlan(query: string, params: Partial<QueryParams> = {}): LogicalPlan {
  return buildLogicalPlan(parseQuery(query), { ...PARAMS, ...params });
}

export function optimizedPlan(query: string, params: Partial<QueryParams> = {}): LogicalPlan {
  return optimize(logicalPlan(query, params), { rules: DEFAULT_RULES }).plan;
}

/** A printed plan as tests compare it: what no case is about is left out. */
export function text(plan: LogicalPlan): string {
  const shortened = printLogicalPlan(plan, FROM_EPOCH)
    .replaceAll(' range=[3600s,7200s)', '')
    .replaceAll(' from=3600s to=7200s step=60s', '')
    .replaceAll(' columns=[timestamp, line, metadata]', '');
  return `\n${shortened}\n`;
}

/** The plan after the given rules, or after all of them but PushDownProjection: texts stay short. */
export function after(query: string, ...rules: readonly Rule[]): string {
  return text(optimize(logicalPlan(query), { rules }).plan);
}

/** Whether one rule leaves the plan of a query alone. */
export function refuses(rule: Rule, query: string): boolean {
  return rule.apply(logicalPlan(query)) === null;
}
