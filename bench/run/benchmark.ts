import { readdirSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { must } from '../../src/common/assert.ts';
import { messageOf } from '../../src/common/errors.ts';
import { ServerProcess, temporaryDirectory } from '../../test/support/server-process.ts';
import { type DatasetOptions, generateDataset, type GeneratedDataset } from '../dataset/generate.ts';
import { mixedQueries } from '../queries/mixed-queries.ts';
import type { BenchQuery } from '../queries/query.ts';
import { streamsQueries } from '../queries/streams-queries.ts';
import { HttpClient } from './http-client.ts';
import { loadDataset, type LoadResult, quiet } from './load.ts';
import { ProcessUsage } from './process-usage.ts';
import { type QueryResult, runQuery } from './run-queries.ts';
import { measureYardstick, type Yardstick } from './yardstick.ts';

export interface BenchmarkOptions extends DatasetOptions {
  /** Runs of each query, at least 2. */
  readonly runs: number;
  /** Ids; empty is all. */
  readonly queries: readonly string[];
  /** How long the server must be quiet before it is measured; 0 does not wait. */
  readonly quietMs: number;
  readonly progress: (text: string) => void;
}

export interface BenchmarkResult {
  readonly lines: number;
  readonly lineBytes: number;
  readonly streams: number;
  readonly yardstick: Yardstick;
  readonly load: LoadResult;
  /** Chunks and indexes. */
  readonly diskBytes: number;
  readonly queries: readonly (QueryResult | FailedQuery)[];
}

export interface FailedQuery {
  readonly id: string;
  readonly title: string;
  readonly error: string;
}

export function queriesOf({ kind, needles }: GeneratedDataset): BenchQuery[] {
  return kind === 'mixed' ? mixedQueries(needles) : streamsQueries(needles);
}

/** Makes a dataset, loads it into a server of its own, restarts the server, and runs the queries. */
export async function runBenchmark(options: BenchmarkOptions): Promise<BenchmarkResult> {
  const { directory, remove } = await temporaryDirectory();
  try {
    const { progress } = options;
    progress(`making ${options.kind} at scale ${options.scale}`);
    const dataset = await makeDataset(options, directory);
    const yardstick = measureYardstick(dataset.raw, Object.values(dataset.needles)[0], options.runs);
    const data = path.join(directory, 'data');
    progress(`loading ${(dataset.lineBytes / 1e6).toFixed(1)} MB in ${dataset.bodies.length} pushes`);
    const load = await withServer(data, (client, usage) =>
      loadDataset(dataset, { client, usage, quietMs: options.quietMs }),
    );
    const diskBytes = sizeOf(path.join(data, 'objects'));
    const queries = await withServer(data, async (client, usage) => {
      await quiet(usage, options.quietMs);
      return await runQueries(dataset, options, { client, usage, yardstick });
    });
    const { lines, lineBytes, streams } = dataset;
    return { lines, lineBytes, streams, yardstick, load, diskBytes, queries };
  } finally {
    await remove();
  }
}

export async function makeDataset(options: DatasetOptions, directory: string): Promise<GeneratedDataset> {
  const bodies = path.join(directory, 'bodies');
  await mkdir(bodies, { recursive: true });
  return generateDataset(options, bodies);
}

/** Runs `use` with a server over `data`, and stops the server. */
export async function withServer<T>(
  data: string,
  use: (client: HttpClient, usage: ProcessUsage, server: ServerProcess) => Promise<T>,
): Promise<T> {
  const server = await ServerProcess.start(data);
  const client = new HttpClient(server.url);
  try {
    return await use(client, new ProcessUsage(must(server.child.pid)), server);
  } finally {
    client.close();
    await server.stop();
  }
}

async function runQueries(
  dataset: GeneratedDataset,
  { queries, runs, progress }: BenchmarkOptions,
  { client, usage, yardstick }: { client: HttpClient; usage: ProcessUsage; yardstick: Yardstick },
): Promise<(QueryResult | FailedQuery)[]> {
  const results: (QueryResult | FailedQuery)[] = [];
  for (const query of queriesOf(dataset)) {
    if (queries.length > 0 && !queries.includes(query.id)) continue;
    progress(`${query.id} ${query.title}`);
    try {
      results.push(await runQuery(query, dataset, { client, usage, runs, yardstick }));
    } catch (error) {
      results.push({ id: query.id, title: query.title, error: messageOf(error) });
    }
  }
  return results;
}

function sizeOf(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
