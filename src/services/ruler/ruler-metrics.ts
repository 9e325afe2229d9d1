import { Counter, Gauge, Summary, type Registry } from 'prom-client';
import type { LateChange } from './late-data/look-back.ts';
import type { QueueEvents } from './notify/alertmanager-queue.ts';

const PERCENTILES = [0.5, 0.9, 0.99];
/** Summaries tell about the last ten minutes. */
const WINDOW = { maxAgeSeconds: 600, ageBuckets: 5, pruneAgedBuckets: true };

/** The ruler's metrics, under the names of Loki's (and in it Prometheus's) ruler. */
export class RulerMetrics {
  readonly #registers: Registry[];
  readonly #ofGroup;
  readonly #evaluationSeconds;
  readonly #groupSeconds;
  readonly #latency;
  readonly #errors;
  readonly #sent;
  readonly #dropped;
  readonly #lastReload;
  readonly #lastReloadSeconds;
  readonly #updates;
  readonly #syncs;

  constructor(registry: Registry) {
    this.#registers = [registry];
    this.#ofGroup = this.#groupMetrics();
    this.#evaluationSeconds = this.#summary(
      'loki_prometheus_rule_evaluation_duration_seconds',
      'The duration for a rule to execute.',
      ['user'],
    );
    this.#groupSeconds = this.#summary(
      'loki_prometheus_rule_group_duration_seconds',
      'The duration of rule group evaluations.',
      ['user'],
    );
    const ofAlertmanager = ['user', 'alertmanager'];
    this.#latency = this.#summary(
      'loki_prometheus_notifications_latency_seconds',
      'Latency quantiles for sending alert notifications.',
      ofAlertmanager,
    );
    this.#errors = this.#counter(
      'loki_prometheus_notifications_errors_total',
      'Total number of sent alerts affected by errors.',
      ofAlertmanager,
    );
    this.#sent = this.#counter(
      'loki_prometheus_notifications_sent_total',
      'Total number of alerts sent.',
      ofAlertmanager,
    );
    this.#dropped = this.#counter(
      'loki_prometheus_notifications_dropped_total',
      'Total number of alerts dropped due to errors when sending to Alertmanager.',
      ofAlertmanager,
    );
    this.#lastReload = this.#gauge(
      'loki_ruler_config_last_reload_successful',
      'Whether all rules of the tenant were read without a mistake at the last reload.',
      ['user'],
    );
    this.#lastReloadSeconds = this.#gauge(
      'loki_ruler_config_last_reload_successful_seconds',
      'Timestamp of the last successful reload of rules.',
      ['user'],
    );
    this.#updates = this.#counter('loki_ruler_config_updates_total', 'Total number of reloads of rules.', ['user']);
    this.#syncs = this.#counter('loki_ruler_sync_rules_total', 'Total number of times the ruler read all rules.', [
      'reason',
    ]);
  }

  ruleEvaluated(user: string, rule_group: string, error: string | null, seconds: number): void {
    this.#ofGroup.evaluations.inc({ user, rule_group });
    this.#ofGroup.failures.inc({ user, rule_group }, error === null ? 0 : 1);
    this.#evaluationSeconds.observe({ user }, seconds);
  }

  groupEvaluated(user: string, rule_group: string, evaluation: GroupEvaluation): void {
    const { seconds, missed, sampleCount, nowMs } = evaluation;
    this.#ofGroup.iterations.inc({ user, rule_group }, 1 + missed);
    this.#ofGroup.missed.inc({ user, rule_group }, missed);
    this.#ofGroup.lastDuration.set({ user, rule_group }, seconds);
    this.#ofGroup.lastEvaluation.set({ user, rule_group }, nowMs / 1000);
    this.#ofGroup.lastSamples.set({ user, rule_group }, sampleCount);
    this.#groupSeconds.observe({ user }, seconds);
  }

  late(user: string, rule_group: string, { reruns, correctedSamples, firedLate, resolvedLate }: LateChange): void {
    this.#ofGroup.lateEvaluations.inc({ user, rule_group }, reruns);
    this.#ofGroup.lateSamples.inc({ user, rule_group }, correctedSamples);
    this.#ofGroup.lateAlerts.inc({ user, rule_group }, firedLate + resolvedLate);
  }

  groupStarted(user: string, rule_group: string, intervalMs: number, ruleCount: number): void {
    this.#ofGroup.interval.set({ user, rule_group }, intervalMs / 1000);
    this.#ofGroup.rules.set({ user, rule_group }, ruleCount);
    this.#ofGroup.evaluations.inc({ user, rule_group }, 0);
    this.#ofGroup.failures.inc({ user, rule_group }, 0);
    this.#ofGroup.missed.inc({ user, rule_group }, 0);
  }

  groupRemoved(user: string, rule_group: string): void {
    for (const metric of Object.values(this.#ofGroup)) metric.remove({ user, rule_group });
  }

  reloaded(user: string, isSuccessful: boolean, nowMs: number): void {
    this.#updates.inc({ user });
    this.#lastReload.set({ user }, isSuccessful ? 1 : 0);
    if (isSuccessful) this.#lastReloadSeconds.set({ user }, nowMs / 1000);
  }

  synced(reason: 'initial' | 'periodic'): void {
    this.#syncs.inc({ reason });
  }

  /** Counts what happens to notifications of a tenant. */
  queueEvents(user: string): QueueEvents {
    return {
      sent: (alertmanager, count, seconds) => {
        this.#sent.inc({ user, alertmanager }, count);
        this.#latency.observe({ user, alertmanager }, seconds);
      },
      failed: (alertmanager, count) => this.#errors.inc({ user, alertmanager }, count),
      dropped: (alertmanager, count) => this.#dropped.inc({ user, alertmanager }, count),
    };
  }

  /** A gauge by tenant that is read when metrics are asked for. */
  observe(name: string, help: string, read: () => Iterable<readonly [user: string, value: number]>): void {
    new Gauge({
      name,
      help,
      labelNames: ['user'],
      registers: this.#registers,
      collect() {
        this.reset();
        for (const [user, value] of read()) this.set({ user }, value);
      },
    });
  }

  /** A gauge of the whole ruler that is read when metrics are asked for. */
  observeTotal(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: this.#registers,
      collect() {
        this.set(read());
      },
    });
  }

  /** Series that end with their group. */
  #groupMetrics() {
    const names = ['user', 'rule_group'];
    const gauge = (name: string, help: string) => this.#gauge(`loki_prometheus_rule_${name}`, help, names);
    const counter = (name: string, help: string) => this.#counter(`loki_prometheus_rule_${name}`, help, names);
    const late = (name: string, help: string) => this.#counter(`skald_ruler_late_${name}_total`, help, names);
    return {
      evaluations: counter('evaluations_total', 'The total number of rule evaluations.'),
      failures: counter('evaluation_failures_total', 'The total number of rule evaluation failures.'),
      iterations: counter(
        'group_iterations_total',
        'The total number of scheduled rule group evaluations, whether executed or missed.',
      ),
      missed: counter(
        'group_iterations_missed_total',
        'The total number of rule group evaluations missed due to slow rule group evaluation.',
      ),
      lateEvaluations: late('evaluations', 'Evaluations of rules that were run again for entries that came late.'),
      lateSamples: late('samples', 'Samples of recording rules that were corrected for entries that came late.'),
      lateAlerts: late('alerts', 'Alerts that fired or were resolved late, for entries that came late.'),
      interval: gauge('group_interval_seconds', 'The interval of a rule group.'),
      rules: gauge('group_rules', 'The number of rules.'),
      lastDuration: gauge('group_last_duration_seconds', 'The duration of the last rule group evaluation.'),
      lastEvaluation: gauge(
        'group_last_evaluation_timestamp_seconds',
        'The timestamp of the last rule group evaluation in seconds.',
      ),
      lastSamples: gauge(
        'group_last_evaluation_samples',
        'The number of samples returned during the last rule group evaluation.',
      ),
    };
  }

  #gauge(name: string, help: string, labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: this.#registers });
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: this.#registers });
  }

  #summary(name: string, help: string, labelNames: string[]): Summary {
    return new Summary({ name, help, labelNames, percentiles: PERCENTILES, ...WINDOW, registers: this.#registers });
  }
}

export interface GroupEvaluation {
  readonly seconds: number;
  readonly missed: number;
  readonly sampleCount: number;
  readonly nowMs: number;
}
