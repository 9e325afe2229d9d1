/** Names and values of labels or annotations as they are written in a rule; values may be templates. */
export type TextMap = Readonly<Record<string, string>>;

interface RuleBase {
  /** LogQL that parses; whether its result is a vector shows when it runs. */
  readonly expr: string;
  readonly labels: TextMap;
  /** Line of the rule in its file, from 1. */
  readonly line: number;
}

/** Writes the result of a query as samples of a metric. */
export interface RecordingRule extends RuleBase {
  readonly kind: 'RecordingRule';
  readonly record: string;
}

/** Every series of the result is an alert. */
export interface AlertingRule extends RuleBase {
  readonly kind: 'AlertingRule';
  readonly alert: string;
  /** How long a series must be there before its alert fires. */
  readonly forMs: number;
  /** How long an alert goes on firing after its series is gone. */
  readonly keepFiringForMs: number;
  readonly annotations: TextMap;
}

export type Rule = RecordingRule | AlertingRule;

/** Rules that are evaluated one after another, at the same time of the data. */
export interface RuleGroup {
  readonly name: string;
  /** Null or 0: the ruler's `evaluation_interval` (intervalOf). */
  readonly intervalMs: number | null;
  /** How far before the time of evaluation the query looks. Null: the ruler's default, 0. */
  readonly queryOffsetMs: number | null;
  /** Alerts or series that a rule may produce; 0 is without limit. */
  readonly limit: number;
  /** Added to every rule; labels of the rule itself win. */
  readonly labels: TextMap;
  readonly rules: readonly Rule[];
  readonly line: number;
}

/** How often a group is evaluated: `fallbackMs` where it does not say it. */
export function intervalOf({ intervalMs }: RuleGroup, fallbackMs: number): number {
  return intervalMs === null || intervalMs === 0 ? fallbackMs : intervalMs;
}

/** The name of a rule: of its metric or of its alert. */
export function ruleName(rule: Rule): string {
  return rule.kind === 'RecordingRule' ? rule.record : rule.alert;
}
