import { messageOf, SkaldError } from '../../common/errors.ts';
import type { Runtime } from '../../common/runtime.ts';
import type { Logger } from '../../common/telemetry/logger.ts';
import type { Limits } from '../../config/limits.ts';
import type { RulerConfig } from '../../config/ruler-schema.ts';
import type { ExpandTemplate } from './evaluate/expand-template.ts';
import type { RuleQuery } from './evaluate/rule-query.ts';
import type { SampleSink } from './evaluate/sample-sink.ts';
import type { GroupServices } from './group-services.ts';
import type { LateWrites } from './late-data/evaluation-history.ts';
import { generatorUrl } from './notify/generator-url.ts';
import { EvaluationSlots } from './schedule/evaluation-slots.ts';
import type { GroupStatus } from './rule-status.ts';
import type { RuleGroup } from './rules/rule-group.ts';
import type { RulerMetrics } from './ruler-metrics.ts';
import { RulerTenant } from './ruler-tenant.ts';
import type { AlertStateStore } from './state/alert-state-store.ts';
import type { Namespace, RuleStore } from './store/rule-store.ts';

export interface RulerOptions {
  readonly config: RulerConfig;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly metrics: RulerMetrics;
  readonly limits: (tenant: string) => Limits;
  readonly store: RuleStore;
  readonly states: AlertStateStore;
  readonly query: (signal: AbortSignal) => RuleQuery;
  /** Made once: it keeps what it has parsed. */
  readonly expand: (signal: AbortSignal) => ExpandTemplate;
  readonly sink: SampleSink;
  readonly writes: LateWrites;
}

/** Evaluates the rules of all tenants, and lets the API read and change them. */
export class Ruler {
  readonly #options: RulerOptions;
  readonly #services: GroupServices;
  readonly #tenants = new Map<string, RulerTenant>();
  #stopPolling: () => void = () => undefined;
  /** The reading of rules that is under way: one after another. */
  #syncing: Promise<void> = Promise.resolve();
  readonly #abort = new AbortController();

  constructor(options: RulerOptions) {
    this.#options = options;
    const { config, runtime } = options;
    this.#services = {
      clock: runtime.clock,
      timers: runtime.timers,
      slots: new EvaluationSlots(config.evaluation.max_concurrent, config.evaluation.max_concurrent_per_tenant),
      query: options.query,
      expand: options.expand(this.#abort.signal),
      sink: options.sink,
      generatorUrl: (expr) => generatorUrl(config.external_url, config.datasource_uid, expr),
      resendDelayMs: config.resend_delay,
      graceMs: config.for_grace_period,
      toleranceMs: config.for_outage_tolerance,
      writes: options.writes,
      lateGraceMs: (tenant) => options.limits(tenant).ruler_late_data_grace_period,
    };
    this.#observe();
  }

  /** Reads all rules and begins to evaluate them. Rules that cannot be read are reported, and read again later. */
  async start(): Promise<void> {
    await this.#sync('initial');
    this.#stopPolling = this.#options.runtime.timers.every(
      this.#options.config.poll_interval,
      () => void this.#sync('periodic'),
    );
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.#stopPolling();
    await this.#syncing;
    await Promise.all([...this.#tenants.values()].map(async (tenant) => await tenant.close()));
  }

  /** The groups of a tenant that run, sorted. */
  groups(tenant: string): readonly GroupStatus[] {
    return this.#tenants.get(tenant)?.groups ?? [];
  }

  /** The groups of a tenant as they are stored. */
  async namespaces(tenant: string): Promise<readonly Namespace[]> {
    return await this.#options.store.namespaces(tenant);
  }

  /** Stores a group and begins to evaluate it. Errors: `bad_request` above a limit of the tenant, those of the store. */
  async putGroup(tenant: string, namespace: string, group: RuleGroup): Promise<void> {
    const { store } = this.#options;
    this.#checkRuleCount(tenant, group);
    await this.#checkGroupCount(tenant, namespace, group);
    await store.putGroup(tenant, namespace, group);
    await this.#syncOne(tenant);
  }

  async deleteGroup(tenant: string, namespace: string, group: string): Promise<void> {
    await this.#options.store.deleteGroup(tenant, namespace, group);
    await this.#syncOne(tenant);
  }

  async deleteNamespace(tenant: string, namespace: string): Promise<void> {
    await this.#options.store.deleteNamespace(tenant, namespace);
    await this.#syncOne(tenant);
  }

  #checkRuleCount(tenant: string, { rules }: RuleGroup): void {
    const max = this.#options.limits(tenant).ruler_max_rules_per_rule_group;
    if (max === 0 || rules.length <= max) return;
    const text = `per-user rules per rule group limit (limit: ${max} actual: ${rules.length}) exceeded`;
    throw new SkaldError('bad_request', text);
  }

  async #checkGroupCount(tenant: string, namespace: string, { name }: RuleGroup): Promise<void> {
    const max = this.#options.limits(tenant).ruler_max_rule_groups_per_tenant;
    if (max === 0) return;
    const others = (await this.#options.store.namespaces(tenant)).flatMap((stored) =>
      stored.groups.filter((group) => stored.name !== namespace || group.name !== name),
    );
    if (others.length < max) return;
    const text = `per-user rule groups limit (limit: ${max} actual: ${others.length + 1}) exceeded`;
    throw new SkaldError('bad_request', text);
  }

  async #sync(reason: 'initial' | 'periodic'): Promise<void> {
    await this.#inTurn(async () => {
      this.#options.metrics.synced(reason);
      for (const tenant of await this.#knownTenants()) await this.#reload(tenant);
    });
  }

  async #syncOne(tenant: string): Promise<void> {
    await this.#inTurn(async () => await this.#reload(tenant));
  }

  async #inTurn(read: () => Promise<void>): Promise<void> {
    this.#syncing = this.#syncing.then(async () => {
      if (!this.#abort.signal.aborted) await read();
    });
    await this.#syncing;
  }

  /** Those with stored rules and those with running ones. */
  async #knownTenants(): Promise<ReadonlySet<string>> {
    const running = this.#tenants.keys();
    try {
      return new Set([...(await this.#options.store.tenants()), ...running]);
    } catch (error) {
      this.#options.logger.error({ err: messageOf(error) }, 'cannot list the tenants that have rules');
      return new Set(running);
    }
  }

  /** Never throws: what one tenant has must not stop another. */
  async #reload(tenant: string): Promise<void> {
    const { store, logger, metrics, runtime } = this.#options;
    try {
      const namespaces = await store.namespaces(tenant);
      const rules = await this.#tenantOf(tenant, namespaces.length > 0);
      // Whoever asks for a tenant without rules leaves no trace.
      if (rules === null) return;
      const problems = await rules.apply(namespaces);
      metrics.reloaded(tenant, problems.length === 0, runtime.clock.nowMs());
    } catch (error) {
      metrics.reloaded(tenant, false, runtime.clock.nowMs());
      logger.error({ org_id: tenant, err: messageOf(error) }, 'rules of the tenant stay as they were');
    }
  }

  async #tenantOf(tenant: string, create: boolean): Promise<RulerTenant | null> {
    const known = this.#tenants.get(tenant);
    if (known !== undefined || !create) return known ?? null;
    const { config, runtime, logger, metrics, limits, states } = this.#options;
    const services = this.#services;
    const opened = await RulerTenant.open({ tenant, config, runtime, logger, metrics, limits, states, services });
    this.#tenants.set(tenant, opened);
    return opened;
  }

  #observe(): void {
    const { metrics } = this.#options;
    metrics.observeTotal(
      'loki_ruler_managers_total',
      'Total number of managers registered and running in the ruler.',
      () => this.#tenants.size,
    );
    const ofTenants = (read: (tenant: RulerTenant) => number) => () =>
      [...this.#tenants].map(([name, tenant]) => [name, read(tenant)] as const);
    metrics.observe(
      'loki_prometheus_notifications_queue_length',
      'The number of alert notifications in the queue.',
      ofTenants(({ queueLength }) => queueLength),
    );
    metrics.observe(
      'loki_prometheus_notifications_queue_capacity',
      'The capacity of the alert notifications queue.',
      ofTenants(({ queueCapacity }) => queueCapacity),
    );
    metrics.observe(
      'loki_prometheus_notifications_alertmanagers_discovered',
      'The number of alertmanagers discovered and active.',
      ofTenants(({ alertmanagerCount }) => alertmanagerCount),
    );
  }
}
