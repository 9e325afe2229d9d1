import type { FastifyInstance } from 'fastify';
import { availableParallelism } from 'node:os';
import { buildApp } from './api/app.ts';
import { encodeLogResult } from './api/encode/log-result.ts';
import { encodeMetricResult } from './api/encode/metric-result.ts';
import { tailEncoder } from './api/encode/tail-frame.ts';
import { messageOf, SkaldError, systemErrorCode } from './common/errors.ts';
import type { Runtime } from './common/runtime.ts';
import { collectGarbage, growHeapsInLargeSteps, MemoryReclaimer } from './common/memory-reclaimer.ts';
import { createLogger, type Logger } from './common/telemetry/logger.ts';
import { Metrics } from './common/telemetry/metrics.ts';
import { dataDirectories } from './config/data-directories.ts';
import type { IgnoredKey } from './config/examine-config.ts';
import { resolveLimits, type Limits } from './config/limits.ts';
import type { Config } from './config/schema.ts';
import { warnOfIgnoredKeys } from './config/warn-of-ignored-keys.ts';
import { GrpcServer } from './rpc/grpc-server.ts';
import type { PusherOptions } from './rpc/pusher-service.ts';
import { Distributor, type DistributorOptions } from './services/distributor/distributor.ts';
import { Ingester } from './services/ingester/ingester.ts';
import { ingesterSettings } from './services/ingester/ingester-settings.ts';
import { IngesterShutdown } from './services/ingester/shutdown.ts';
import { observeFlush, observeIngester } from './services/ingester/observe-ingester.ts';
import { WorkerFlusher } from './services/ingester/worker-flusher.ts';
import { SECONDS, WriteHistory } from './services/ingester/write-history.ts';
import { LimitedCatalog } from './services/querier/catalog/limited-catalog.ts';
import { MultiTenantCatalog } from './services/querier/catalog/multi-tenant-catalog.ts';
import { Querier } from './services/querier/querier.ts';
import { startWarmUp } from './services/querier/warm-up/start-warm-up.ts';
import type { QueryFrontend } from './services/query-frontend/query-frontend.ts';
import { openQueryFrontend } from './services/query-frontend/open-query-frontend.ts';
import { openRuler } from './services/ruler/open-ruler.ts';
import { openSampleSink, type OpenSampleSink } from './services/ruler/remote-write/open-sample-sink.ts';
import type { Ruler } from './services/ruler/ruler.ts';
import { TailService } from './services/tail/tail-service.ts';
import { observeLimits } from './services/tenant-limits/observe-limits.ts';
import { TenantLimits } from './services/tenant-limits/tenant-limits.ts';
import { VERSION } from './version.ts';
import { QueryEngine } from '../exec/engine.ts';
import type { QueryResult } from '../exec/result/query-result.ts';
import { ChunkCatalog } from '../storage/catalog/chunk-catalog.ts';
import { StorageCatalog } from '../storage/catalog/storage-catalog.ts';
import { openObjectStore, type ObjectStoreConfig } from '../storage/objectstore/object-store-config.ts';

export interface ServerOptions {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly writeLog: (line: string) => void;
  /** Keys of the configuration file that have no meaning here: each is told once. */
  readonly ignoredKeys?: readonly IgnoredKey[];
}

export interface Server {
  /** Where it listens, for example `http://127.0.0.1:3100`. */
  readonly url: string;
  /** Resolves when a request asks the process to end; whoever started the server then calls `stop`. */
  readonly stopRequested: Promise<void>;
  /** Ends requests under way, flushes, and closes everything. */
  stop(): Promise<void>;
}

/** Starts every component of one process, from storage up to HTTP. Throws when one cannot start; nothing stays behind. */
export async function startServer({ config, runtime, writeLog, ignoredKeys = [] }: ServerOptions): Promise<Server> {
  growHeapsInLargeSteps();
  const logger = createLogger({ level: config.server.log_level, format: config.server.log_format, write: writeLog });
  warnOfIgnoredKeys(ignoredKeys, logger);
  const metrics = new Metrics(VERSION);
  const tenantLimits = await openLimits(config, runtime, logger);
  const limits = (tenant: string) => tenantLimits.of(tenant);
  const storage = await openStorage({ config, runtime, logger, metrics, limits });
  const engine = new QueryEngine({
    workers: config.querier.workers > 0 ? config.querier.workers : availableParallelism(),
    unitSourceConfig: { objectStore: storage.objectStoreConfig },
    clock: runtime.clock,
  });
  let stopping = false;
  observeIngester(storage.ingester, metrics);
  observeLimits(tenantLimits, metrics);
  const tails = createTails({ config, runtime, storage, engine, limits, metrics });
  let askToStop: () => void = () => undefined;
  const stopRequested = new Promise<void>((resolve) => (askToStop = resolve));
  const shutdown = new IngesterShutdown(storage.ingester, askToStop);
  const distributor = openDistributor(config, { ingester: storage.ingester, limits, metrics, clock: runtime.clock });
  const notReady = (): string | null => {
    if (stopping) return 'Application is stopping';
    return storage.ingester.isClosing ? 'Ingester not ready: it was shut down' : null;
  };
  const frontend = createFrontend({ config, runtime, storage, engine, limits, metrics, logger });
  const samples = await openSampleSink({ config, runtime, logger, metrics, limits });
  const ruler = createRuler({ config, runtime, storage, frontend, limits, metrics, logger, sink: samples });
  const app = await buildApp({
    config,
    clock: runtime.clock,
    logger,
    metrics,
    limits,
    ingester: storage.ingester,
    distributor,
    catalog: new LimitedCatalog({ catalog: storage.catalog, limits, clock: runtime.clock }),
    frontend,
    tails,
    ruler,
    shutdown,
    notReady,
  });
  let grpc: GrpcServer | null = null;
  let warmUp: ReturnType<typeof startWarmUp> | null = null;
  const stop = async (): Promise<void> => {
    stopping = true;
    tenantLimits.close();
    tails.close();
    await ruler.close();
    await samples.close();
    await Promise.all([closeWithin(app, runtime, config.server), grpc?.close(), warmUp?.stop()]);
    await Promise.all([engine.close(), frontend.close()]);
    await shutdown.close();
    logger.info('stopped');
  };
  try {
    await engine.start();
    grpc = await startGrpc({ config, runtime, logger, metrics, distributor, notReady });
    await ruler.start();
    const url = await listen(app, config);
    logger.info({ version: VERSION, target: config.target, url, grpc: grpc.address }, 'skald is listening');
    // Half of the memory is of code that ran once.
    collectGarbage('all');
    warmUp = warmUpQuerier({ config, runtime, storage, engine, logger });
    return { url, stopRequested, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type GrpcParts = Omit<PusherOptions, 'authEnabled' | 'clock'> &
  Pick<ServerOptions, 'config' | 'runtime'> & { logger: Logger };

async function startGrpc({ config, runtime, ...parts }: GrpcParts): Promise<GrpcServer> {
  const { clock, timers } = runtime;
  return await GrpcServer.start({ ...parts, config: config.server, authEnabled: config.auth_enabled, clock, timers });
}

interface QueryParts extends Pick<ServerOptions, 'config' | 'runtime'> {
  readonly storage: Awaited<ReturnType<typeof openStorage>>;
  readonly engine: QueryEngine;
  readonly limits: (tenant: string) => Limits;
  readonly metrics: Metrics;
}

function createFrontend({
  storage,
  engine,
  limits,
  ...parts
}: QueryParts & { readonly logger: Logger }): QueryFrontend {
  const { config, runtime } = parts;
  const querier = new Querier({
    engine,
    catalog: storage.catalog,
    limits,
    clock: runtime.clock,
    queryMemoryBytes: config.querier.query_memory,
  });
  const { chunks, ingester } = storage;
  const stored = { chunks, headOf: (tenant: string) => ingester.view(tenant) };
  return openQueryFrontend({ ...parts, querier, writes: ingester.writes, stored });
}

function warmUpQuerier({
  config: { querier },
  runtime: { clock, timers },
  storage: { chunks, catalog },
  ...parts
}: Omit<QueryParts, 'limits' | 'metrics'> & { readonly logger: Logger }): ReturnType<typeof startWarmUp> {
  const { query_memory: queryMemoryBytes, warm_up_timeout: timeoutMs } = querier;
  return startWarmUp({ ...parts, clock, timers, chunks, catalog, queryMemoryBytes, timeoutMs, encode: encodeResult });
}

function encodeResult(result: QueryResult, instant: boolean): void {
  if (result.kind === 'LogResult') encodeLogResult(result, []);
  else encodeMetricResult(result, instant);
}

type RulerParts = Omit<QueryParts, 'engine'> & {
  readonly frontend: QueryFrontend;
  readonly logger: Logger;
  readonly sink: OpenSampleSink;
};

/** Rules ask the frontend as everybody does: in the queue of their tenant, and the same query once. */
function createRuler({ storage, frontend, ...parts }: RulerParts): Ruler {
  return openRuler({
    ...parts,
    objects: openObjectStore(storage.objectStoreConfig, parts.runtime),
    query: async (request) => await frontend.query(request),
    writes: storage.recentWrites,
  });
}

function createTails({ config, runtime, storage, engine, limits, metrics }: QueryParts): TailService {
  const tails = new TailService({
    engine,
    catalog: storage.catalog,
    publications: storage.ingester.publications,
    limits,
    clock: runtime.clock,
    timers: runtime.timers,
    encoder: tailEncoder,
    queryMemoryBytes: config.querier.query_memory,
    maxDurationMs: config.querier.tail_max_duration,
    onDropped: (tenant, count) => metrics.tailDroppedEntries.inc({ tenant }, count),
  });
  metrics.observe('loki_querier_tail_active', 'Number of active tailers.', () => tails.activeTails);
  return tails;
}

async function openLimits(config: Config, runtime: Runtime, logger: Logger) {
  const otlpLabels = config.distributor.otlp_config.default_resource_attributes_as_index_labels;
  return await TenantLimits.open({
    defaults: resolveLimits(config.limits_config, config.auth_enabled, otlpLabels),
    otlpLabels,
    file: config.runtime_config.file,
    periodMs: config.runtime_config.period,
    files: runtime.files,
    timers: runtime.timers,
    logger,
  });
}

type StorageParts = Omit<QueryParts, 'storage' | 'engine'> & { readonly logger: Logger };

async function openStorage({ config, runtime, logger, metrics, limits }: StorageParts) {
  const { root, objects, wal } = dataDirectories(config);
  const objectStoreConfig: ObjectStoreConfig = { kind: 'filesystem', directory: objects };
  try {
    const chunks = await ChunkCatalog.open(openObjectStore(objectStoreConfig, runtime));
    const reclaimer = new MemoryReclaimer('shared');
    const recentWrites = new WriteHistory(SECONDS);
    const ingester = await Ingester.open({
      runtime,
      catalog: chunks,
      flusher: new WorkerFlusher({ store: objectStoreConfig, codec: config.ingester.chunk_encoding }),
      released: (bytes, committed, openedAtMs) => {
        reclaimer.dropped(bytes);
        observeFlush(metrics, committed, openedAtMs, runtime.clock.nowMs());
      },
      walDirectory: wal,
      report: (error, context) => logger.error({ ...context, err: messageOf(error) }, 'storage needs attention'),
      visible: (tenant, timestamp, rowCount) => {
        if (limits(tenant).ruler_late_data_grace_period > 0) recentWrites.note(tenant, timestamp, rowCount);
      },
      settings: ingesterSettings(config.ingester),
    });
    const stored = new StorageCatalog(chunks, (tenant) => ingester.view(tenant), runtime.clock);
    return { objectStoreConfig, ingester, chunks, recentWrites, catalog: new MultiTenantCatalog(stored) };
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    throw new SkaldError('bad_config', `Cannot use the data directory ${root}: ${messageOf(error)}`, { cause: error });
  }
}

/** Columns of one push have 31-bit offsets. */
const DECOMPRESSED_MAX = 2 ** 31 - 1;

function openDistributor({ distributor }: Config, parts: Omit<DistributorOptions, 'bodyLimits'>): Distributor {
  const { max_recv_msg_size: receivedMax, max_decompressed_size } = distributor;
  const decompressedMax = Math.min(max_decompressed_size, DECOMPRESSED_MAX);
  return new Distributor({ ...parts, bodyLimits: { receivedMax, decompressedMax } });
}

/** Waits for requests under way, then cuts their connections. */
async function closeWithin(app: FastifyInstance, { timers }: Runtime, config: Config['server']): Promise<void> {
  const cancel = timers.after(config.graceful_shutdown_timeout, () => app.server.closeAllConnections());
  await app.close();
  cancel();
}

async function listen(app: FastifyInstance, { server }: Config): Promise<string> {
  const host = server.http_listen_address === '' ? '0.0.0.0' : server.http_listen_address;
  try {
    const url = await app.listen({ host, port: server.http_listen_port });
    return url.replace('0.0.0.0', '127.0.0.1');
  } catch (error) {
    const reasons: Record<string, string> = {
      EADDRINUSE: 'the address is already in use',
      EACCES: 'permission denied',
      EADDRNOTAVAIL: 'the address is not one of this machine',
    };
    const reason = reasons[systemErrorCode(error) ?? ''] ?? messageOf(error);
    throw new SkaldError('bad_config', `Cannot listen on ${host}:${server.http_listen_port}: ${reason}`, {
      cause: error,
    });
  }
}
