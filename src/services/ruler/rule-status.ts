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
  /** Null while nobody asks for late data (`ruler_late_data_grace_period`). */
  readonly late: LateStatus | null;
}

/** What entries that came late did to a rule since it runs. */
export interface LateStatus {
  /** Evaluations that were run again. */
  readonly evaluations: number;
  /** Samples that were corrected, or alerts that fired or were resolved late. */
  readonly changes: number;
  /** The evaluation that saw the last change; null: there was none. */
  readonly changedAtNs: bigint | null;
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
