import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { GeneratedDataset } from '../dataset/generate.ts';
import type { BenchQuery } from '../queries/query.ts';
import type { HttpClient } from '../run/http-client.ts';
import { loadDataset } from '../run/load.ts';
import type { ProcessUsage } from '../run/process-usage.ts';
import { sendStep } from '../run/send-step.ts';
import { type CallTree, callTree } from './call-tree.ts';
import { flameGraph } from './flame-graph.ts';
import type { InspectorClient } from './inspector-client.ts';

const SAMPLING_INTERVAL_US = 250;

export interface ProfileTarget {
  readonly client: HttpClient;
  readonly inspector: InspectorClient;
  readonly directory: string;
  /** How long the query is repeated, at least. */
  readonly ms: number;
}

export interface QueryProfile {
  readonly title: string;
  readonly tree: CallTree;
  readonly runs: number;
  readonly flameGraphFile: string;
}

/**
 * Repeats a query under the profilers of all threads. Writes `<id>-<thread>.cpuprofile` files, which Chrome's and
 * VS Code's developer tools read, and a flame graph of all threads.
 */
export async function profileQuery(query: BenchQuery, target: ProfileTarget): Promise<QueryProfile> {
  const { client, inspector } = target;
  const run = async (): Promise<void> => {
    if (query.isParallel) await Promise.all(query.steps.map((step) => sendStep(client, step)));
    else for (const step of query.steps) await sendStep(client, step);
  };
  // The first runs compile and fill caches.
  await run();
  await run();
  await inspector.start(SAMPLING_INTERVAL_US);
  const startMs = performance.now();
  let runs = 0;
  for (; runs === 0 || performance.now() - startMs < target.ms; runs++) await run();
  return await keepProfile(`${query.id} ${query.title}`, runs, target);
}

/** The same of the pushes and the flush of a dataset. */
export async function profileLoad(dataset: GeneratedDataset, usage: ProcessUsage, target: Omit<ProfileTarget, 'ms'>) {
  await target.inspector.start(SAMPLING_INTERVAL_US);
  await loadDataset(dataset, { client: target.client, usage, quietMs: 0 });
  return await keepProfile(`load-${dataset.kind}`, 1, target);
}

async function keepProfile(
  title: string,
  runs: number,
  { inspector, directory }: Omit<ProfileTarget, 'ms'>,
): Promise<QueryProfile> {
  const profiles = await inspector.stop();
  const [id] = title.split(' ');
  mkdirSync(directory, { recursive: true });
  profiles.forEach((profile, thread) =>
    writeFileSync(path.join(directory, `${id}-${thread}.cpuprofile`), JSON.stringify(profile)),
  );
  const tree = callTree(profiles);
  const flameGraphFile = path.join(directory, `${id}.html`);
  writeFileSync(flameGraphFile, flameGraph(`${title}, ${runs} runs`, tree));
  return { title, tree, runs, flameGraphFile };
}
