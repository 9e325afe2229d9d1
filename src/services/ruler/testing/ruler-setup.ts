import { Registry } from 'prom-client';
import { Labels } from '../../../common/labels.ts';
import type { FileInfo, FileSystem } from '../../../common/runtime.ts';
import { createLogger } from '../../../common/telemetry/logger.ts';
import { nodeRuntime } from '../../../common/node-runtime.ts';
import { limitsSchema, resolveLimits, type Limits } from '../../../config/limits.ts';
import { rulerSchema } from '../../../config/ruler-schema.ts';
import type { RuleQuery, RuleSample } from '../evaluate/rule-query.ts';
import type { SampleBatch } from '../evaluate/sample-sink.ts';
import { MemoryObjectStore } from '../../../../storage/objectstore/memory-object-store.ts';
import { SECONDS, WriteHistory } from '../../ingester/write-history.ts';
import type { LateWrites } from '../late-data/evaluation-history.ts';
import { Ruler } from '../ruler.ts';
import { RulerMetrics } from '../ruler-metrics.ts';
import { AlertStateStore } from '../state/alert-state-store.ts';
import { parseRuleGroup } from '../rules/parse-rule-group.ts';
import type { RuleGroup } from '../rules/rule-group.ts';
import { ObjectRuleStore } from '../store/object-rule-store.ts';
import type { RuleStore } from '../store/rule-store.ts';
import { checkAlertTemplate, templateExpander } from '../template/template-expander.ts';
import { ManualTime } from './manual-time.ts';

/** Files in memory, as far as the state of alerts needs them: its writes take no time. */
export class StateFiles {
  readonly texts = new Map<string, string>();

  get files(): FileSystem {
    return {
      ...nodeRuntime.files,
      list: async (): Promise<FileInfo[]> => [],
      makeDirectory: async () => undefined,
      readFile: async (path) => {
        const text = this.texts.get(path);
        if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
        return Buffer.from(text);
      },
      writeFileDurable: async (path, parts) => void this.texts.set(path, Buffer.concat(parts).toString()),
    };
  }
}

export interface RulerSetup {
  readonly time: ManualTime;
  readonly store: RuleStore;
  readonly query: RuleQuery;
  readonly state: StateFiles;
  readonly writes?: LateWrites;
  readonly config?: Record<string, unknown>;
  readonly limits?: (tenant: string) => Partial<Limits>;
}

/** A ruler on manual time whose queries a test answers. */
export function rulerOf({ time, store, query, state, config = {}, limits = () => ({}), ...setup }: RulerSetup) {
  const writes = setup.writes ?? new WriteHistory(SECONDS);
  const registry = new Registry();
  const log: string[] = [];
  const samples: SampleBatch[] = [];
  const defaults = resolveLimits(limitsSchema.parse({}), true);
  const { files } = state;
  const runtime = { ...nodeRuntime, clock: time, timers: time, files };
  const ruler = new Ruler({
    config: rulerSchema.parse(config),
    runtime,
    logger: createLogger({ level: 'info', format: 'logfmt', write: (line) => log.push(line) }),
    metrics: new RulerMetrics(registry),
    limits: (tenant) => ({ ...defaults, ...limits(tenant) }),
    store,
    states: new AlertStateStore({ directory: '/state', files, report: (problem) => log.push(problem) }),
    query: () => query,
    expand: () => templateExpander({ query, externalLabels: {}, externalUrl: '' }),
    sink: { append: async (batch) => void samples.push(batch) },
    writes,
  });
  const metric = async (name: string): Promise<Record<string, number>> => {
    const found = await registry.getSingleMetric(name)?.get();
    return Object.fromEntries(
      (found?.values ?? []).map(({ labels, value }) => [Object.values(labels).join(' '), value]),
    );
  };
  return { ruler, log, samples, metric };
}

export const sample = (labels: Record<string, string>, value = 1): RuleSample => ({
  labels: Labels.fromRecord(labels),
  value,
});

/** A group as YAML says it. */
export function groupOf(text: string): RuleGroup {
  const group = parseRuleGroup(text, checkAlertTemplate);
  if (!('name' in group)) throw new Error(JSON.stringify(group));
  return group;
}

/** A ruler like `rulerOf`'s with a store and a state of its own, whose queries find one series unless `changes` say otherwise. */
export function setUpRuler(changes: Partial<RulerSetup> = {}) {
  const time = changes.time ?? new ManualTime();
  const store = changes.store ?? new ObjectRuleStore(new MemoryObjectStore(), checkAlertTemplate);
  const state = changes.state ?? new StateFiles();
  const query: RuleQuery = changes.query ?? (async () => [sample({ app: 'a' })]);
  return { time, store, state, ...rulerOf({ ...changes, time, store, state, query }) };
}
