import { messageOf } from '../../common/errors.ts';
import type { Timers } from '../../common/runtime.ts';
import { msToNs } from '../../common/time.ts';
import { compareUtf8 } from '../../common/utf8.ts';
import type { GroupEvents } from './group-events.ts';
import { GroupRunner } from './group-runner.ts';
import type { GroupServices } from './group-services.ts';
import type { Notification } from './notify/notification.ts';
import type { GroupStatus } from './rule-status.ts';
import { printGroup } from './rules/print-rules.ts';
import { intervalOf, type RuleGroup } from './rules/rule-group.ts';
import { ruleKeys } from './state/rule-key.ts';
import type { AlertStateStore } from './state/alert-state-store.ts';
import type { SavedGroup } from './state/saved-state.ts';
import type { Namespace } from './store/rule-store.ts';

/** Changes of alerts within this time are saved together. */
const SAVE_DELAY_MS = 1000;

export interface TenantRulesOptions {
  readonly tenant: string;
  readonly services: GroupServices;
  readonly states: AlertStateStore;
  readonly timers: Timers;
  /** Of groups that do not say one. */
  readonly intervalMs: number;
  readonly notify: (notifications: readonly Notification[]) => void;
  readonly events: (namespace: string, group: RuleGroup) => Omit<GroupEvents, 'notify' | 'changed'>;
  readonly removed: (namespace: string, group: string) => void;
  readonly report: (problem: string) => void;
}

interface Running {
  readonly runner: GroupRunner;
  /** What it was made from, to tell whether it has changed. */
  readonly text: string;
}

/** The groups of one tenant that run, and the state of their alerts on disk. */
export class TenantRules {
  readonly #options: TenantRulesOptions;
  readonly #running = new Map<string, Running>();
  /** State from before the start, of groups that have not been seen since. */
  readonly #saved: Map<string, SavedGroup>;
  #cancelSave: (() => void) | null = null;
  #saving: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(options: TenantRulesOptions, saved: readonly SavedGroup[]) {
    this.#options = options;
    this.#saved = new Map(saved.map((group) => [keyOf(group.namespace, group.name), group]));
  }

  static async open(options: TenantRulesOptions): Promise<TenantRules> {
    return new TenantRules(options, await options.states.load(options.tenant));
  }

  /** Sorted by namespace, then by name. */
  get groups(): GroupStatus[] {
    return [...this.#running.values()]
      .map(({ runner }) => runner.status)
      .sort((a, b) => compareUtf8(a.namespace, b.namespace) || compareUtf8(a.group.name, b.group.name));
  }

  /**
   * Makes what runs equal to what is stored. Groups that did not change run on undisturbed; of those that did, alerts of
   * the rules that are still there go on. What is stored but wrong runs on as it was before the mistake.
   */
  async apply(namespaces: readonly Namespace[]): Promise<void> {
    if (this.#isClosed) return;
    const wanted = new Map<string, { namespace: string; group: RuleGroup }>();
    for (const { name: namespace, groups } of namespaces) {
      for (const group of groups) wanted.set(keyOf(namespace, group.name), { namespace, group });
    }
    const kept = keptBy(namespaces);
    for (const [key, { runner }] of this.#running) {
      const { namespace, group } = runner.status;
      if (!wanted.has(key) && !kept(namespace, group.name)) await this.#remove(key);
    }
    for (const [key, { namespace, group }] of wanted) await this.#set(key, namespace, group);
  }

  /** Ends every group and saves the state of alerts. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#running.values()].map(async ({ runner }) => await runner.stop()));
    this.#cancelSave?.();
    await this.#save();
  }

  async #set(key: string, namespace: string, group: RuleGroup): Promise<void> {
    const text = printGroup(group);
    const running = this.#running.get(key);
    if (running?.text === text) return;
    await running?.runner.stop();
    const keys = new Set(ruleKeys(group.rules));
    await running?.runner.markStale((rule) => !keys.has(rule));
    const saved = running?.runner.savedGroup ?? this.#saved.get(key) ?? null;
    this.#saved.delete(key);
    const { tenant, services, intervalMs, notify, events } = this.#options;
    const runner = new GroupRunner({
      tenant,
      namespace,
      group,
      intervalMs: intervalOf(group, intervalMs),
      services,
      events: { ...events(namespace, group), notify, changed: () => this.#saveSoon() },
      saved,
      isRestart: running?.runner.needsRestoring ?? true,
      series: running?.runner.series ?? new Map(),
    });
    this.#running.set(key, { runner, text });
    runner.start();
  }

  async #remove(key: string): Promise<void> {
    const running = this.#running.get(key);
    if (running === undefined) return;
    this.#running.delete(key);
    await running.runner.stop();
    await running.runner.markStale(() => true);
    const { namespace, group } = running.runner.status;
    this.#options.removed(namespace, group.name);
    this.#saveSoon();
  }

  #saveSoon(): void {
    if (this.#isClosed || this.#cancelSave !== null) return;
    this.#cancelSave = this.#options.timers.after(SAVE_DELAY_MS, () => {
      this.#cancelSave = null;
      void this.#save();
    });
  }

  /** One after another; never throws. */
  async #save(): Promise<void> {
    const { tenant, states, report } = this.#options;
    this.#saving = this.#saving.then(async () => {
      try {
        await states.save(tenant, this.#savedGroups());
      } catch (error) {
        report(`Cannot save the state of alerts of tenant ${tenant}: ${messageOf(error)}`);
      }
    });
    await this.#saving;
  }

  #savedGroups(): SavedGroup[] {
    const running = [...this.#running.values()]
      .map(({ runner }) => runner.savedGroup)
      .filter((saved) => saved !== null);
    const { clock, toleranceMs } = this.#options.services;
    const oldestNs = clock.nowNs() - msToNs(toleranceMs);
    return [...running, ...[...this.#saved.values()].filter(({ evaluatedAtNs }) => evaluatedAtNs >= oldestNs)];
  }
}

function keyOf(namespace: string, group: string): string {
  return `${namespace}\xff${group}`;
}

/** Whether a group that is not among the good ones is there and wrong. */
function keptBy(namespaces: readonly Namespace[]): (namespace: string, group: string) => boolean {
  const refused = new Map(namespaces.map(({ name, refused: names }) => [name, names]));
  return (namespace, group) => {
    const names = refused.get(namespace);
    return names !== undefined && (names === null || names.includes(group));
  };
}
