import { messageOf } from '../../common/errors.ts';
import type { Labels } from '../../common/labels.ts';
import type { Clock, Timers } from '../../common/runtime.ts';
import { msToNs } from '../../common/time.ts';
import { NO_ALERTS, type AlertSet } from './evaluate/alert.ts';
import { AlertLimitError, evaluateRule } from './evaluate/evaluate-rule.ts';
import type { ExpandTemplate } from './evaluate/expand-template.ts';
import type { RuleQuery, RuleSample } from './evaluate/rule-query.ts';
import type { SampleSink } from './evaluate/sample-sink.ts';
import { dueNotifications } from './notify/due-notifications.ts';
import type { Notification } from './notify/notification.ts';
import type { GroupStatus, RuleStatus } from './rule-status.ts';
import type { RuleGroup } from './rules/rule-group.ts';
import type { EvaluationSlots } from './schedule/evaluation-slots.ts';
import { followingEvaluation, groupOffsetNs, nextEvaluationNs } from './schedule/group-schedule.ts';
import { restoreAlerts } from './state/restore-alerts.ts';
import { ruleKeys } from './state/rule-key.ts';
import type { SavedGroup } from './state/saved-state.ts';

/** Longest wait of one timer: Node's own limit is 24 days. */
const WAIT_MAX_MS = 3_600_000;

/** What the evaluation of every group works with. */
export interface GroupServices {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly slots: EvaluationSlots;
  readonly query: (signal: AbortSignal) => RuleQuery;
  readonly expand: ExpandTemplate;
  readonly sink: SampleSink;
  readonly generatorUrl: (expr: string) => string;
  readonly resendDelayMs: number;
  readonly graceMs: number;
  readonly toleranceMs: number;
}

/** What happens to a group, for metrics, notifications and the state on disk. */
export interface GroupEvents {
  notify(notifications: readonly Notification[]): void;
  ruleEvaluated(error: string | null, seconds: number, sampleCount: number): void;
  groupEvaluated(seconds: number, missed: number): void;
  /** After each evaluation; the state of the alerts may differ. */
  changed(): void;
  /** A rule whose evaluation fails in another way than the last time. */
  failed(rule: string, error: string): void;
}

export interface GroupRunnerOptions {
  readonly tenant: string;
  readonly namespace: string;
  readonly group: RuleGroup;
  readonly intervalMs: number;
  readonly services: GroupServices;
  readonly events: GroupEvents;
  /** Where its alerts stood: of the group before a change, or before a restart. */
  readonly saved: SavedGroup | null;
  /** What its rules recorded last, before a change of the group. */
  readonly series: RuleSeries;
}

/** Series by their keys, of each rule by its key. */
export type RuleSeries = ReadonlyMap<string, ReadonlyMap<string, Labels>>;

interface RunningRule {
  status: RuleStatus;
  /** Series of the last evaluation, by key: those that vanish get a staleness marker. */
  series: ReadonlyMap<string, Labels>;
}

/** Evaluates the rules of one group, one after another, again and again at aligned times. */
export class GroupRunner {
  readonly #options: GroupRunnerOptions;
  readonly #rules: RunningRule[];
  readonly #keys: readonly string[];
  readonly #abort = new AbortController();
  #cancelWait: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  /** Time of the last evaluation of the group's own time line, for the state on disk. */
  #lastTimeNs: bigint | null;
  #needsRestoring: boolean;
  #evaluatedAtNs: bigint | null = null;
  #evaluationMs = 0;

  constructor(options: GroupRunnerOptions) {
    this.#options = options;
    const { group, saved } = options;
    this.#keys = ruleKeys(group.rules);
    this.#rules = group.rules.map((rule, i) => ({
      status: {
        rule,
        alerts: saved?.rules.get(this.#keys[i]) ?? NO_ALERTS,
        health: 'unknown',
        lastError: '',
        evaluatedAtNs: null,
        evaluationMs: 0,
      },
      series: options.series.get(this.#keys[i]) ?? new Map<string, Labels>(),
    }));
    this.#lastTimeNs = saved?.evaluatedAtNs ?? null;
    this.#needsRestoring = saved !== null;
  }

  get status(): GroupStatus {
    const { namespace, group, intervalMs } = this.#options;
    return {
      namespace,
      group,
      intervalMs,
      rules: this.#rules.map(({ status }) => status),
      evaluatedAtNs: this.#evaluatedAtNs,
      evaluationMs: this.#evaluationMs,
    };
  }

  /** Null before the first evaluation, unless there is older state. */
  get savedGroup(): SavedGroup | null {
    if (this.#lastTimeNs === null) return null;
    const { namespace, group } = this.#options;
    const rules = new Map(this.#rules.map(({ status }, i) => [this.#keys[i], status.alerts]));
    return { namespace, name: group.name, evaluatedAtNs: this.#lastTimeNs, rules };
  }

  get series(): RuleSeries {
    return new Map(this.#rules.map(({ series }, i) => [this.#keys[i], series]));
  }

  start(): void {
    const { tenant, namespace, group, services } = this.#options;
    const offsetNs = groupOffsetNs({ tenant, namespace, name: group.name }, this.#intervalNs);
    this.#waitFor(nextEvaluationNs(services.clock.nowNs(), this.#intervalNs, offsetNs));
  }

  /** Ends the evaluation that is under way, and resolves when nothing of the group runs any more. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#cancelWait();
    await this.#running;
  }

  /** Ends the series of rules that are gone for good. Only after `stop`. */
  async markStale(isGone: (ruleKey: string) => boolean): Promise<void> {
    const { tenant, services } = this.#options;
    const stale = this.#rules.flatMap(({ series }, i) => (isGone(this.#keys[i]) ? [...series.values()] : []));
    if (stale.length === 0) return;
    await services.sink.append({ tenant, timeNs: services.clock.nowNs(), samples: [], stale });
  }

  get #intervalNs(): bigint {
    return msToNs(this.#options.intervalMs);
  }

  #waitFor(timeNs: bigint): void {
    const { clock, timers } = this.#options.services;
    const waitMs = Math.max(0, Math.ceil(Number(timeNs - clock.nowNs()) / 1e6));
    this.#cancelWait = timers.after(Math.min(waitMs, WAIT_MAX_MS), () => {
      if (waitMs > WAIT_MAX_MS) this.#waitFor(timeNs);
      else this.#running = this.#evaluate(timeNs);
    });
  }

  async #evaluate(timeNs: bigint): Promise<void> {
    const { services, events } = this.#options;
    const startMs = services.clock.monotonicMs();
    const startedAtNs = services.clock.nowNs();
    if (this.#needsRestoring) this.#restore(timeNs);
    for (const rule of this.#rules) {
      if (this.#abort.signal.aborted) return;
      await this.#evaluateRule(rule, timeNs);
    }
    if (this.#abort.signal.aborted) return;
    this.#lastTimeNs = timeNs;
    this.#evaluatedAtNs = startedAtNs;
    this.#evaluationMs = services.clock.monotonicMs() - startMs;
    const following = followingEvaluation(timeNs, services.clock.nowNs(), this.#intervalNs);
    events.groupEvaluated(this.#evaluationMs / 1000, following.missed);
    events.changed();
    this.#waitFor(following.timeNs);
  }

  #restore(timeNs: bigint): void {
    this.#needsRestoring = false;
    const { services, intervalMs } = this.#options;
    const lastNs = this.#lastTimeNs ?? timeNs;
    for (const running of this.#rules) {
      const { rule, alerts } = running.status;
      if (rule.kind !== 'AlertingRule') continue;
      const { graceMs, toleranceMs } = services;
      const outage = { lastNs, timeNs, intervalMs, forMs: rule.forMs, graceMs, toleranceMs };
      running.status = { ...running.status, alerts: restoreAlerts(alerts, outage) };
    }
  }

  async #evaluateRule(running: RunningRule, timeNs: bigint): Promise<void> {
    const { tenant, services, events } = this.#options;
    const evaluatedAtNs = services.clock.nowNs();
    let startMs = services.clock.monotonicMs();
    let error: string | null = null;
    let sampleCount = 0;
    let alerts = running.status.alerts;
    try {
      const release = await services.slots.acquire(tenant, this.#abort.signal);
      startMs = services.clock.monotonicMs();
      try {
        const outcome = await this.#run(running, timeNs);
        alerts = this.#notify(running, outcome.alerts, timeNs);
        sampleCount = outcome.samples.length;
        await this.#append(running, outcome.samples, outcome.sampleTimeNs);
      } finally {
        release();
      }
    } catch (caught) {
      if (this.#abort.signal.aborted) return;
      error = messageOf(caught);
      if (caught instanceof AlertLimitError) alerts = NO_ALERTS;
      if (error !== running.status.lastError) events.failed(ruleLabel(running.status), error);
    }
    const evaluationMs = services.clock.monotonicMs() - startMs;
    const { rule } = running.status;
    const health = error === null ? 'ok' : 'err';
    running.status = { rule, alerts, health, lastError: error ?? '', evaluatedAtNs, evaluationMs };
    events.ruleEvaluated(error, evaluationMs / 1000, sampleCount);
  }

  async #run({ status }: RunningRule, timeNs: bigint) {
    const { tenant, group, services } = this.#options;
    const { signal } = this.#abort;
    const query = services.query(signal);
    const { expand } = services;
    return await evaluateRule(status.rule, status.alerts, { tenant, group, timeNs, query, expand });
  }

  #notify({ status }: RunningRule, alerts: AlertSet, timeNs: bigint): AlertSet {
    if (alerts.size === 0) return alerts;
    const { services, events, intervalMs } = this.#options;
    const due = dueNotifications(alerts, timeNs, {
      resendDelayMs: services.resendDelayMs,
      intervalMs,
      generatorUrl: services.generatorUrl(status.rule.expr),
    });
    if (due.notifications.length > 0) events.notify(due.notifications);
    return due.alerts;
  }

  async #append(running: RunningRule, samples: readonly RuleSample[], timeNs: bigint): Promise<void> {
    const { tenant, services } = this.#options;
    const series = new Map(samples.map(({ labels }) => [labels.key, labels]));
    const stale = [...running.series].filter(([key]) => !series.has(key)).map(([, labels]) => labels);
    running.series = series;
    if (samples.length > 0 || stale.length > 0) await services.sink.append({ tenant, timeNs, samples, stale });
  }
}

function ruleLabel({ rule }: RuleStatus): string {
  return rule.kind === 'RecordingRule' ? `record ${rule.record}` : `alert ${rule.alert}`;
}
