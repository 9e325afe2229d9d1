import { messageOf } from '../../common/errors.ts';
import type { Labels } from '../../common/labels.ts';
import { NO_ALERTS, type AlertSet } from './evaluate/alert.ts';
import { alertSamples } from './evaluate/alert-samples.ts';
import { AlertLimitError, evaluateRule, type RuleOutcome } from './evaluate/evaluate-rule.ts';
import type { RuleSample } from './evaluate/rule-query.ts';
import type { GroupEvents } from './group-events.ts';
import type { GroupServices } from './group-services.ts';
import { LookBack } from './late-data/look-back.ts';
import { dueNotifications } from './notify/due-notifications.ts';
import type { RuleStatus } from './rule-status.ts';
import { ruleName, type Rule, type RuleGroup } from './rules/rule-group.ts';
import { restoreAlerts, type Outage } from './state/restore-alerts.ts';

export interface RuleRunnerOptions {
  readonly tenant: string;
  readonly group: RuleGroup;
  readonly intervalMs: number;
  readonly rule: Rule;
  readonly services: GroupServices;
  readonly events: GroupEvents;
  /** Where it stood before a change of its group, or before a restart. */
  readonly alerts: AlertSet;
  readonly series: ReadonlyMap<string, Labels>;
}

/** Evaluates one rule again and again: what it finds becomes samples, alerts and notifications. */
export class RuleRunner {
  readonly #options: RuleRunnerOptions;
  readonly #lookBack: LookBack;
  #status: Omit<RuleStatus, 'late'>;
  /** Series of the last evaluation, by key: those that vanish get a staleness marker. */
  #series: ReadonlyMap<string, Labels>;

  constructor(options: RuleRunnerOptions) {
    this.#options = options;
    const { rule, alerts, tenant, group, services, events } = options;
    this.#series = options.series;
    this.#lookBack = new LookBack({
      rule,
      tenant,
      limit: group.limit,
      graceMs: () => services.lateGraceMs(tenant),
      writes: services.writes,
      correct: async (batch) => await services.sink.append({ tenant, ...batch }),
      late: (change) => events.late(this.#label, change),
      failed: (error) => events.failed(`${this.#label}, run again for late entries`, error),
    });
    this.#status = { rule, alerts, health: 'unknown', lastError: '', evaluatedAtNs: null, evaluationMs: 0 };
  }

  get status(): RuleStatus {
    return { ...this.#status, late: this.#lookBack.status };
  }

  get series(): ReadonlyMap<string, Labels> {
    return this.#series;
  }

  /** Brings alerts from before a restart up to the first evaluation after it. */
  restore(outage: Omit<Outage, 'forMs'>): void {
    const { rule, alerts } = this.#status;
    if (rule.kind !== 'AlertingRule') return;
    this.#status = { ...this.#status, alerts: restoreAlerts(alerts, { ...outage, forMs: rule.forMs }) };
  }

  /** Never throws: how it went is in the status. */
  async evaluate(timeNs: bigint, signal: AbortSignal): Promise<void> {
    const { tenant, services, events } = this.#options;
    const evaluatedAtNs = services.clock.nowNs();
    let startMs = services.clock.monotonicMs();
    let error: string | null = null;
    let sampleCount = 0;
    try {
      const release = await services.slots.acquire(tenant, signal);
      startMs = services.clock.monotonicMs();
      try {
        sampleCount = await this.#evaluateOnce(timeNs, signal);
      } finally {
        release();
      }
    } catch (caught) {
      if (signal.aborted) return;
      error = messageOf(caught);
      if (caught instanceof AlertLimitError) this.#dropAlerts();
      if (error !== this.#status.lastError) events.failed(this.#label, error);
    }
    const evaluationMs = services.clock.monotonicMs() - startMs;
    const health = error === null ? 'ok' : 'err';
    this.#status = { ...this.#status, health, lastError: error ?? '', evaluatedAtNs, evaluationMs };
    events.ruleEvaluated(error, evaluationMs / 1000, sampleCount);
  }

  /** Returns the number of samples. */
  async #evaluateOnce(timeNs: bigint, signal: AbortSignal): Promise<number> {
    const { rule, services } = this.#options;
    const before = this.#status.alerts;
    const { moment } = services.writes;
    const run = async (at: bigint, alerts: AlertSet) => await this.#run(at, alerts, signal);
    const outcome = await run(timeNs, before);
    this.#setAlerts(outcome.alerts, timeNs);
    const evaluated = { timeNs, moment, before, outcome, told: this.#status.alerts };
    const changed = await this.#lookBack.after(evaluated, run, signal);
    if (changed !== null) this.#setAlerts(changed, timeNs);
    const { alerts } = this.#status;
    const samples = changed !== null && rule.kind === 'AlertingRule' ? alertSamples(rule, alerts) : outcome.samples;
    await this.#append(samples, outcome.sampleTimeNs);
    return samples.length;
  }

  async #run(timeNs: bigint, before: AlertSet, signal: AbortSignal): Promise<RuleOutcome> {
    const { tenant, group, services, rule } = this.#options;
    const { expand } = services;
    return await evaluateRule(rule, before, { tenant, group, timeNs, query: services.query(signal), expand });
  }

  /** Keeps them and tells what is new. */
  #setAlerts(alerts: AlertSet, timeNs: bigint): void {
    const { services, events, intervalMs, rule } = this.#options;
    if (alerts.size === 0) {
      this.#status = { ...this.#status, alerts };
      return;
    }
    const due = dueNotifications(alerts, timeNs, {
      resendDelayMs: services.resendDelayMs,
      intervalMs,
      generatorUrl: services.generatorUrl(rule.expr),
    });
    this.#status = { ...this.#status, alerts: due.alerts };
    if (due.notifications.length > 0) events.notify(due.notifications);
  }

  #dropAlerts(): void {
    this.#status = { ...this.#status, alerts: NO_ALERTS };
    this.#lookBack.clear();
  }

  async #append(samples: readonly RuleSample[], timeNs: bigint): Promise<void> {
    const { tenant, services } = this.#options;
    const series = new Map(samples.map(({ labels }) => [labels.key, labels]));
    const stale = [...this.#series].filter(([key]) => !series.has(key)).map(([, labels]) => labels);
    this.#series = series;
    if (samples.length > 0 || stale.length > 0) await services.sink.append({ tenant, timeNs, samples, stale });
  }

  get #label(): string {
    const { rule } = this.#options;
    return `${rule.kind === 'RecordingRule' ? 'record' : 'alert'} ${ruleName(rule)}`;
  }
}
