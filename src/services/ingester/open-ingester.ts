import path from 'node:path';
import { messageOf } from '../../common/errors.ts';
import type { Runtime } from '../../common/runtime.ts';
import type { Logger } from '../../common/telemetry/logger.ts';
import type { Config } from '../../config/schema.ts';
import { openObjectStore } from '../../../storage/objectstore/object-store-config.ts';
import type { ObjectStoreConfig } from '../../../storage/objectstore/object-store-config.ts';
import { LocalFlusher } from './cut-flusher.ts';
import type { CutFlusher } from './cut-flusher.ts';
import { Ingester } from './ingester.ts';
import type { CommittedCatalog, IngesterSettings } from './ingester-options.ts';
import { WorkerFlusher } from './worker-flusher.ts';

export interface OpenIngesterOptions {
  /** `common.path_prefix`, absolute. */
  readonly root: string;
  readonly config: Config['ingester'];
  readonly objectStoreConfig: ObjectStoreConfig;
  readonly catalog: CommittedCatalog;
  readonly runtime: Runtime;
  readonly logger: Logger;
}

/** The ingester of a process, as its configuration says. Cuts are written in a worker thread. */
export async function openIngester(options: OpenIngesterOptions): Promise<Ingester> {
  const { root, config, catalog, runtime, logger } = options;
  return await Ingester.open({
    runtime,
    catalog,
    flusher: flusherOf(options),
    walDirectory: config.wal.dir === '' ? path.join(root, 'wal') : path.resolve(config.wal.dir),
    report: (error, context) => logger.error({ ...context, err: messageOf(error) }, `cannot ${context.action}`),
    settings: settingsOf(config),
  });
}

function flusherOf({ config, objectStoreConfig, runtime }: OpenIngesterOptions): CutFlusher {
  const codec = config.chunk_encoding;
  if (objectStoreConfig.kind !== 'memory') return new WorkerFlusher({ store: objectStoreConfig, codec });
  return new LocalFlusher({ store: openObjectStore(objectStoreConfig, runtime), runtime, codec });
}

function settingsOf(config: Config['ingester']): Partial<IngesterSettings> {
  return {
    walSync: config.wal.sync,
    walSyncPeriodMs: config.wal.sync_interval,
    walSegmentBytes: config.wal.segment_size,
    headBytesMax: config.head.max_bytes,
    cutBytes: config.head.cut_bytes,
    ageMaxMs: config.max_chunk_age,
    idleMs: config.chunk_idle_period,
    checkPeriodMs: config.flush_check_period,
    flushOnClose: config.flush_on_shutdown,
  };
}
