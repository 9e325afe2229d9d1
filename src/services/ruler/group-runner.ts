import type { Labels } from '../../common/labels.ts';
import { msToNs } from '../../common/time.ts';
import { NO_ALERTS } from './evaluate/alert.ts';
import type { GroupEvents } from './group-events.ts';
import type { GroupServices } from './group-services.ts';
import type { GroupStatus } from './rule-status.ts';
import { RuleRunner } from './rule-runner.ts';
import type { RuleGroup } from './rules/rule-group.ts';
import { followingEvaluation, groupOffsetNs, nextEvaluationNs } from './schedule/group-schedule.ts';
import { ruleKeys } from './state/rule-key.ts';
import type { SavedGroup } from './state/saved-state.ts';

/** Longest wait of one timer: Node's own limit is 24 days. */
const WAIT_MAX_MS = 3_600_000;

export interface GroupRunnerOptions {
  readonly tenant: string;
  readonly namespace: string;
  readonly group: RuleGroup;
  readonly intervalMs: number;
  readonly services: GroupServices;
  readonly events: GroupEvents;
  /** Where its alerts stood: of the group before a change, or before a restart. */
  readonly saved: SavedGroup | null;
  /** No ruler evaluated it since `saved`: what was missed is an outage. */
  readonly isRestart: boolean;
  /** What its rules recorded last, before a change of the group. */
  readonly series: RuleSeries;
}

/** Series by their keys, of each rule by its key. */
export type RuleSeries = ReadonlyMap<string, ReadonlyMap<string, Labels>>;

/** Evaluates the rules of one group, one after another, again and again at aligned times. */
export class GroupRunner {
  readonly #options: GroupRunnerOptions;
  readonly #rules: readonly RuleRunner[];
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
    this.#rules = group.rules.map(
      (rule, i) =>
        new RuleRunner({
          ...options,
          rule,
          alerts: saved?.rules.get(this.#keys[i]) ?? NO_ALERTS,
          series: options.series.get(this.#keys[i]) ?? new Map<string, Labels>(),
        }),
    );
    this.#lastTimeNs = saved?.evaluatedAtNs ?? null;
    this.#needsRestoring = saved !== null && options.isRestart;
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

  /** It has state from before a restart, and no evaluation since. */
  get needsRestoring(): boolean {
    return this.#needsRestoring;
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
      await rule.evaluate(timeNs, this.#abort.signal);
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
    const { services, intervalMs, events } = this.#options;
    const lastNs = this.#lastTimeNs ?? timeNs;
    const { graceMs, toleranceMs } = services;
    for (const rule of this.#rules) rule.restore({ lastNs, timeNs, intervalMs, graceMs, toleranceMs });
    const missed = Number((timeNs - lastNs) / this.#intervalNs) - 1;
    if (missed > 0) events.missedInOutage(missed, lastNs);
  }
}
