import { messageOf, SkaldError } from '../../../common/errors.ts';
import { msToNs } from '../../../common/time.ts';
import { NO_ALERTS, type AlertSet } from '../evaluate/alert.ts';
import { evaluateRule, type RuleOutcome } from '../evaluate/evaluate-rule.ts';
import type { ExpandTemplate } from '../evaluate/expand-template.ts';
import type { RuleQuery } from '../evaluate/rule-query.ts';
import type { Rule, RuleGroup } from '../rules/rule-group.ts';
import { nextEvaluationNs } from '../schedule/group-schedule.ts';

/** Evaluations of one group in a replay. */
export const REPLAY_EVALUATIONS_MAX = 1_000_000;

/** One rule at one time. */
export interface ReplayedRule {
  /** Its place in the group. */
  readonly index: number;
  readonly rule: Rule;
  readonly timeNs: bigint;
  /** Null when the evaluation failed. */
  readonly outcome: RuleOutcome | null;
  readonly error: string | null;
}

export interface ReplayOptions {
  readonly tenant: string;
  readonly group: RuleGroup;
  /** Of the evaluations, oldest first. */
  readonly times: readonly bigint[];
  readonly query: RuleQuery;
  readonly expand: ExpandTemplate;
}

/** Evaluates a group as the ruler would have done it at these times, beginning without alerts. */
export async function* replayGroup(options: ReplayOptions): AsyncGenerator<ReplayedRule> {
  const { tenant, group, times, query, expand } = options;
  const alerts: AlertSet[] = group.rules.map(() => NO_ALERTS);
  for (const timeNs of times) {
    for (const [index, rule] of group.rules.entries()) {
      try {
        const context = { tenant, group, timeNs, query, expand };
        const outcome = await evaluateRule(rule, alerts[index] ?? NO_ALERTS, context);
        alerts[index] = outcome.alerts;
        yield { index, rule, timeNs, outcome, error: null };
      } catch (error) {
        yield { index, rule, timeNs, outcome: null, error: messageOf(error) };
      }
    }
  }
}

/**
 * The times in [startNs, endNs] that are `offsetNs` modulo the interval: groupOffsetNs where a ruler evaluates the group.
 * Throws SkaldError `bad_request` when there are too many.
 */
export function replayTimes(startNs: bigint, endNs: bigint, intervalMs: number, offsetNs = 0n): bigint[] {
  const stepNs = msToNs(intervalMs);
  const first = nextEvaluationNs(startNs, stepNs, offsetNs);
  const count = Number((endNs - first) / stepNs) + 1;
  if (count > REPLAY_EVALUATIONS_MAX) {
    const text = `Cannot replay ${count} evaluations of one group, expected at most ${REPLAY_EVALUATIONS_MAX}`;
    throw new SkaldError('bad_request', text);
  }
  return Array.from({ length: Math.max(0, count) }, (_, i) => first + BigInt(i) * stepNs);
}
