import path from 'node:path';
import { SkaldError } from '../../common/errors.ts';
import type { Runtime } from '../../common/runtime.ts';
import type { Logger } from '../../common/telemetry/logger.ts';
import type { Metrics } from '../../common/telemetry/metrics.ts';
import type { Limits } from '../../config/limits.ts';
import type { Config } from '../../config/schema.ts';
import type { ObjectStore } from '../../../storage/objectstore/object-store.ts';
import { FilesystemObjectStore } from '../../../storage/objectstore/filesystem-object-store.ts';
import type { SampleSink } from './evaluate/sample-sink.ts';
import type { LateWrites } from './late-data/evaluation-history.ts';
import { alertmanagerUrls } from './notify/notifier.ts';
import { compileRelabel } from './notify/relabel.ts';
import { logsUrl } from './notify/generator-url.ts';
import { ruleQueries, type RunQuery } from './rule-queries.ts';
import { Ruler } from './ruler.ts';
import { RulerMetrics } from './ruler-metrics.ts';
import { AlertStateStore } from './state/alert-state-store.ts';
import { LocalRuleStore } from './store/local-rule-store.ts';
import { ObjectRuleStore } from './store/object-rule-store.ts';
import type { RuleStore } from './store/rule-store.ts';
import { compileRedaction, logSamples } from './template/log-samples.ts';
import { checkAlertTemplate, templateExpander } from './template/template-expander.ts';

export interface RulerParts {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits: (tenant: string) => Limits;
  /** The store of chunks, where rules of the API are kept unless the configuration says another place. */
  readonly objects: ObjectStore;
  readonly query: RunQuery;
  readonly sink: SampleSink;
  readonly writes: LateWrites;
}

/** The ruler of one process, as the configuration says; not started. Throws SkaldError `bad_config`. */
export function openRuler(parts: RulerParts): Ruler {
  const { config, runtime, logger, metrics, limits, objects, query, sink, writes } = parts;
  const { ruler } = config;
  // What is wrong must stop the start, not the first alert.
  alertmanagerUrls(ruler.alertmanager_url);
  compileRelabel(ruler.alert_relabel_configs);
  compileRedaction(ruler.sample_lines.redact);
  const queries = (signal: AbortSignal) => ruleQueries(query, signal);
  const root = ruler.rule_path === '' ? path.join(config.common.path_prefix, 'ruler') : ruler.rule_path;
  return new Ruler({
    config: ruler,
    runtime,
    logger,
    metrics: new RulerMetrics(metrics.registry),
    limits,
    store: openRuleStore(config, runtime, objects),
    states: new AlertStateStore({
      directory: path.join(path.resolve(root), 'alerts'),
      files: runtime.files,
      report: (problem) => logger.error({ err: problem }, 'state of alerts'),
    }),
    query: queries,
    expand: (signal) =>
      templateExpander({
        query: queries(signal),
        logs: logSamples({
          config: ruler.sample_lines,
          run: query,
          query: queries(signal),
          signal,
          link: (text, startNs, endNs) => logsUrl(ruler.external_url, ruler.datasource_uid, text, { startNs, endNs }),
        }),
        externalLabels: ruler.external_labels,
        externalUrl: ruler.external_url,
      }),
    sink,
    writes,
  });
}

function openRuleStore({ ruler: { storage } }: Config, { files }: Runtime, objects: ObjectStore): RuleStore {
  const { local, filesystem } = storage;
  const type = storage.type === '' && local.directory !== '' ? 'local' : storage.type;
  switch (type) {
    case 'local':
      if (local.directory === '') {
        throw new SkaldError('bad_config', 'ruler.storage.local.directory: expected a directory with rule files');
      }
      return new LocalRuleStore(local.directory, files, checkAlertTemplate);
    case 'filesystem': {
      const directory = filesystem.dir === '' ? null : new FilesystemObjectStore(filesystem.dir, files);
      return new ObjectRuleStore(directory ?? objects, checkAlertTemplate);
    }
    case '':
      return new ObjectRuleStore(objects, checkAlertTemplate);
  }
}
