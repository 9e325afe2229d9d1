import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../common/errors.ts';
import { formatRfc3339Nano } from '../../common/rfc3339.ts';
import type { Runtime } from '../../common/runtime.ts';
import type { Logger } from '../../common/telemetry/logger.ts';
import type { Limits } from '../../config/limits.ts';
import type { RulerConfig } from '../../config/ruler-schema.ts';
import type { GroupEvents } from './group-events.ts';
import type { GroupServices } from './group-services.ts';
import type { QueueEvents } from './notify/alertmanager-queue.ts';
import { Notifier, type AlertmanagerConfig } from './notify/notifier.ts';
import { ANY_ADDRESS, publicAddresses } from './outbound/address-policy.ts';
import type { GroupStatus } from './rule-status.ts';
import { intervalOf, type RuleGroup } from './rules/rule-group.ts';
import type { RulerMetrics } from './ruler-metrics.ts';
import type { AlertStateStore } from './state/alert-state-store.ts';
import type { Namespace } from './store/rule-store.ts';
import { TenantRules } from './tenant-rules.ts';

export interface RulerTenantOptions {
  readonly tenant: string;
  readonly config: RulerConfig;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly metrics: RulerMetrics;
  readonly limits: (tenant: string) => Limits;
  readonly states: AlertStateStore;
  readonly services: GroupServices;
}

/** The rules of one tenant and the Alertmanagers that hear of them: nothing of it is shared with another tenant. */
export class RulerTenant {
  readonly #options: RulerTenantOptions;
  #rules: TenantRules | null = null;
  #notifier: Notifier | null = null;
  #alertmanagers: AlertmanagerConfig | null = null;
  #problems: readonly string[] = [];
  /** The end of earlier notifiers, which nobody waits for but a stop. */
  #closing: Promise<unknown> = Promise.resolve();

  private constructor(options: RulerTenantOptions) {
    this.#options = options;
  }

  static async open(options: RulerTenantOptions): Promise<RulerTenant> {
    const opened = new RulerTenant(options);
    const { tenant, services, states, runtime, config, metrics } = options;
    opened.#rules = await TenantRules.open({
      tenant,
      services,
      states,
      timers: runtime.timers,
      intervalMs: config.evaluation_interval,
      notify: (notifications) => opened.#notifier?.send(notifications),
      events: (namespace, group) => opened.#groupEvents(namespace, group),
      removed: (namespace, group) => metrics.groupRemoved(tenant, opened.#metricName(namespace, group)),
      report: (problem) => options.logger.error({ org_id: tenant, err: problem }, 'state of alerts'),
    });
    return opened;
  }

  get groups(): readonly GroupStatus[] {
    return this.#rules?.groups ?? [];
  }

  get queueLength(): number {
    return this.#notifier?.queueLength ?? 0;
  }

  get queueCapacity(): number {
    return (this.#alertmanagers ?? this.#options.config).notification_queue_capacity;
  }

  get alertmanagerCount(): number {
    return this.#notifier?.alertmanagerCount ?? 0;
  }

  /** Runs what is stored now. Returns what is wrong with it, which is logged when it is news. */
  async apply(namespaces: readonly Namespace[]): Promise<readonly string[]> {
    const problems = [...(await this.#connect()), ...namespaces.flatMap((namespace) => namespace.problems)];
    await this.#rules?.apply(namespaces);
    const { logger, tenant } = this.#options;
    for (const problem of problems) {
      if (!this.#problems.includes(problem)) logger.error({ org_id: tenant, err: problem }, 'rules have a mistake');
    }
    this.#problems = problems;
    return problems;
  }

  async close(): Promise<void> {
    await this.#rules?.close();
    await Promise.all([this.#closing, this.#notifier?.close()]);
  }

  /** Follows the limits of the tenant, which may change at any time. A wrong configuration leaves the one before. */
  async #connect(): Promise<string[]> {
    const { config, limits, tenant, runtime } = this.#options;
    const own = limits(tenant).ruler_alertmanager_config;
    const wanted: AlertmanagerConfig = own ?? config;
    if (isDeepStrictEqual(wanted, this.#alertmanagers)) return [];
    try {
      const { clock, timers, files } = runtime;
      const notifier = await Notifier.open({
        config: wanted,
        externalLabels: config.external_labels,
        policy: own === null ? ANY_ADDRESS : publicAddresses(config.allowed_private_ranges),
        clock,
        timers,
        files,
        events: this.#queueEvents(),
      });
      // It may have a last word to send, and the other tenants' rules wait for this one to be read.
      this.#closing = Promise.all([this.#closing, this.#notifier?.close()]);
      this.#notifier = notifier;
      this.#alertmanagers = wanted;
      return [];
    } catch (error) {
      return [`Alertmanagers of the tenant: ${messageOf(error)}`];
    }
  }

  #queueEvents(): QueueEvents {
    const { logger, metrics, tenant } = this.#options;
    const counted = metrics.queueEvents(tenant);
    return {
      sent: (alertmanager, count, seconds) => counted.sent(alertmanager, count, seconds),
      failed: (alertmanager, count, reason) => {
        counted.failed(alertmanager, count, reason);
        logger.error({ org_id: tenant, alertmanager, count, err: reason }, 'error sending alerts');
      },
      dropped: (alertmanager, count, reason) => {
        counted.dropped(alertmanager, count, reason);
        logger.warn({ org_id: tenant, alertmanager, count, err: reason }, 'alert notifications dropped');
      },
    };
  }

  #groupEvents(namespace: string, group: RuleGroup): Omit<GroupEvents, 'notify' | 'changed'> {
    const { metrics, logger, tenant, config, runtime } = this.#options;
    const name = this.#metricName(namespace, group.name);
    metrics.groupStarted(tenant, name, intervalOf(group, config.evaluation_interval), group.rules.length);
    let sampleCount = 0;
    return {
      ruleEvaluated: (error, seconds, samples) => {
        sampleCount += samples;
        metrics.ruleEvaluated(tenant, name, error, seconds);
      },
      groupEvaluated: (seconds, missed) => {
        metrics.groupEvaluated(tenant, name, { seconds, missed, sampleCount, nowMs: runtime.clock.nowMs() });
        sampleCount = 0;
        if (missed > 0)
          logger.warn({ org_id: tenant, group: name, missed, seconds }, 'evaluations of rules were missed');
      },
      failed: (rule, error) => logger.warn({ org_id: tenant, group: name, rule, err: error }, 'evaluating rule failed'),
      late: (rule, change) => {
        metrics.late(tenant, name, change);
        const { correctedSamples, firedLate, resolvedLate } = change;
        if (correctedSamples + firedLate + resolvedLate === 0) return;
        const about = { org_id: tenant, group: name, rule };
        logger.warn({ ...about, ...change }, 'entries came late: what the rule had said was changed');
      },
      missedInOutage: (missed, lastNs) => {
        const last = formatRfc3339Nano(lastNs);
        logger.warn(
          { org_id: tenant, group: name, missed, last },
          'evaluations of rules were missed while no ruler ran',
        );
      },
    };
  }

  #metricName(namespace: string, group: string): string {
    return `${namespace};${group}`;
  }
}
