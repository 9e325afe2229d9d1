import type { Expr } from '../../../../grammar/ast.ts';
import { advanceAlerts, type FoundAlert } from '../evaluate/advance-alerts.ts';
import type { Alert, AlertSet } from '../evaluate/alert.ts';
import type { RuleOutcome } from '../evaluate/evaluate-rule.ts';
import type { AlertingRule } from '../rules/rule-group.ts';
import { EvaluationHistory, type LateWrites, type PastEvaluation } from './evaluation-history.ts';
import { reconcileAlerts, type ReconciledAlerts } from './reconcile-alerts.ts';

/** Evaluations of one rule that are run again at one time; the others follow at the next. */
const RERUNS_MAX = 100;

interface PastAlerts extends PastEvaluation {
  /** The alerts that it began with. */
  before: AlertSet;
  found: ReadonlyMap<string, FoundAlert>;
  /** The alerts after it, as they were told. */
  told: AlertSet;
}

/** What an evaluation began with and what came of it. */
export interface EvaluatedAlerts {
  readonly timeNs: bigint;
  readonly moment: number;
  readonly before: AlertSet;
  readonly outcome: Pick<RuleOutcome, 'sampleTimeNs' | 'found'>;
  /** The alerts after it, as they were told. */
  readonly told: AlertSet;
}

/**
 * The alerts of a rule as they are with entries that came late. Evaluations that would have seen them are run again, and
 * the life of the alerts since then is told anew: `for`, `keep_firing_for` and `activeAt` are as if nothing had been late.
 */
export class LateAlerts {
  readonly #rule: AlertingRule;
  readonly #writes: LateWrites;
  readonly #history: EvaluationHistory<PastAlerts>;

  constructor(rule: AlertingRule, expr: Expr, tenant: string, writes: LateWrites) {
    this.#rule = rule;
    this.#writes = writes;
    this.#history = new EvaluationHistory(tenant, expr, writes);
  }

  add({ timeNs, moment, before, outcome: { sampleTimeNs, found }, told }: EvaluatedAlerts): void {
    this.#history.add({ timeNs, sampleTimeNs, moment, before, found, told, seriesCount: found.size });
  }

  clear(): void {
    this.#history.clear();
  }

  /**
   * Looks at the evaluations of the last `graceNs` before the newest. `run` evaluates the rule again. Null when nothing was
   * late. Errors are those of `run`; the same is then tried again.
   */
  async revisit(
    graceNs: bigint,
    run: (timeNs: bigint, before: AlertSet) => Promise<RuleOutcome>,
  ): Promise<(ReconciledAlerts & { readonly reruns: number }) | null> {
    const newest = this.#history.evaluations.at(-1);
    if (newest === undefined) return null;
    this.#forget(newest.timeNs - graceNs);
    const { evaluations } = this.#history;
    const first = evaluations.findIndex((evaluation) => this.#history.isTouched(evaluation));
    if (first < 0) return null;
    let alerts = evaluations[first].before;
    let reruns = 0;
    const fired = new Map<string, Alert>();
    for (const evaluation of evaluations.slice(first)) {
      evaluation.before = alerts;
      const isRerun = reruns < RERUNS_MAX && this.#history.isTouched(evaluation);
      if (isRerun) reruns++;
      alerts = isRerun ? await this.#rerun(evaluation, run) : this.#advance(evaluation);
      for (const [key, alert] of alerts) if (alert.state === 'firing') fired.set(key, alert);
    }
    const reconciled = reconcileAlerts(newest.told, alerts, this.#untold(fired), newest.timeNs);
    newest.told = reconciled.alerts;
    return { ...reconciled, reruns };
  }

  async #rerun(
    evaluation: PastAlerts,
    run: (timeNs: bigint, before: AlertSet) => Promise<RuleOutcome>,
  ): Promise<AlertSet> {
    const { moment } = this.#writes;
    const { found, alerts } = await run(evaluation.timeNs, evaluation.before);
    evaluation.found = found;
    evaluation.moment = moment;
    return alerts;
  }

  #advance({ before, found, timeNs }: PastAlerts): AlertSet {
    return advanceAlerts(before, found, this.#rule, timeNs);
  }

  /** Those of `fired` that were not told as firing since they began to. What began before the history was told. */
  #untold(fired: AlertSet): AlertSet {
    const { evaluations } = this.#history;
    const toldAt = new Map<string, bigint>();
    for (const { told, timeNs } of evaluations) {
      for (const [key, { state }] of told) if (state === 'firing') toldAt.set(key, timeNs);
    }
    const beginNs = (evaluations.at(0)?.timeNs ?? 0n) - 1n;
    return new Map([...fired].filter(([key, { firedAtNs }]) => (firedAtNs ?? 0n) > (toldAt.get(key) ?? beginNs)));
  }

  #forget(oldestNs: bigint): void {
    for (;;) {
      const oldest = this.#history.evaluations.at(0);
      if (oldest === undefined || (!this.#history.isFull && oldest.timeNs >= oldestNs)) return;
      this.#history.forgetOldest();
    }
  }
}
