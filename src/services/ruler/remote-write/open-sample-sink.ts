import path from 'node:path';
import type { Runtime } from '../../../common/runtime.ts';
import type { Logger } from '../../../common/telemetry/logger.ts';
import type { Metrics } from '../../../common/telemetry/metrics.ts';
import type { Limits } from '../../../config/limits.ts';
import type { Config } from '../../../config/schema.ts';
import { discardSamples } from '../evaluate/discard-samples.ts';
import type { SampleSink } from '../evaluate/sample-sink.ts';
import { RemoteWrite } from './remote-write.ts';
import { RemoteWriteMetrics } from './remote-write-metrics.ts';

export interface SampleSinkParts {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits: (tenant: string) => Limits;
}

export interface OpenSampleSink extends SampleSink {
  close(): Promise<void>;
}

/** Where what rules record goes, as `ruler.remote_write` says. Throws SkaldError `bad_config`. */
export async function openSampleSink(parts: SampleSinkParts): Promise<OpenSampleSink> {
  const { config, runtime, logger, metrics, limits } = parts;
  const { remote_write: remoteWrite, wal } = config.ruler;
  if (!remoteWrite.enabled) return { ...discardSamples, close: async () => await Promise.resolve() };
  return await RemoteWrite.open({
    config: remoteWrite,
    isDisabled: (tenant) => limits(tenant).ruler_remote_write_disabled,
    directory: path.resolve(wal.dir === '' ? path.join(config.common.path_prefix, 'ruler-wal') : wal.dir),
    maxAgeMs: wal.max_age,
    maxBytes: wal.max_bytes,
    runtime,
    logger,
    metrics: new RemoteWriteMetrics(metrics.registry),
  });
}
