import type { AlertSet } from './evaluate/alert.ts';
import type { Rule, RuleGroup } from './rules/rule-group.ts';

/** How the last evaluation of a rule ended. */
export interface RuleStatus {
  readonly rule: Rule;
  readonly alerts: AlertSet;
  /** `unknown` before the first evaluation. */
  readonly health: 'unknown' | 'ok' | 'err';
  readonly lastError: string;
  /** Wall clock; null before the first evaluation. */
  readonly evaluatedAtNs: bigint | null;
  readonly evaluationMs: number;
}

/** A group that runs, and its rules in order. */
export interface GroupStatus {
  readonly namespace: string;
  readonly group: RuleGroup;
  readonly intervalMs: number;
  readonly rules: readonly RuleStatus[];
  readonly evaluatedAtNs: bigint | null;
  readonly evaluationMs: number;
}
