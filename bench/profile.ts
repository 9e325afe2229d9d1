import { Command } from 'commander';
import path from 'node:path';
import { messageOf } from '../src/common/errors.ts';
import { temporaryDirectory } from '../test/support/server-process.ts';
import type { DatasetKind } from './dataset/dataset.ts';
import { selfTimes } from './profile/call-tree.ts';
import { InspectorClient } from './profile/inspector-client.ts';
import { profileLoad, profileQuery, type ProfileTarget, type QueryProfile } from './profile/profile-query.ts';
import type { BenchQuery } from './queries/query.ts';
import { makeDataset, queriesOf, withServer } from './run/benchmark.ts';
import { loadDataset } from './run/load.ts';
import type { ProcessUsage } from './run/process-usage.ts';

interface Flags {
  readonly scale: number;
  readonly seed: number;
  readonly ms: number;
  readonly top: number;
  readonly out: string;
}

const command = new Command('profile')
  .description('Writes CPU profiles and a flame graph of queries, and prints where the time went.')
  .argument('<ids...>', 'queries, Q01 to Q20 or S1 to S5; load-mixed and load-streams are the pushes')
  .option('--scale <factor>', 'of the dataset', Number, 0.1)
  .option('--seed <number>', 'of the data', Number, 20_260_115)
  .option('--ms <milliseconds>', 'how long each query is repeated', Number, 3000)
  .option('--top <number>', 'functions to print', Number, 20)
  .option('--out <directory>', 'where the files go', path.join(import.meta.dirname, 'results', 'profiles'))
  .parse();
const ids = command.args;
const flags = command.opts<Flags>();

/** Loads the dataset of these queries and profiles them one after another. */
async function profileAll(kind: DatasetKind, wanted: readonly string[]): Promise<void> {
  const { directory, remove } = await temporaryDirectory();
  try {
    const dataset = await makeDataset({ kind, scale: flags.scale, seed: flags.seed }, directory);
    const data = path.join(directory, 'data');
    if (wanted.includes(`load-${kind}`)) {
      await withProfiledServer(data, async (target, usage) => print(await profileLoad(dataset, usage, target)));
    } else await withServer(data, (client, usage) => loadDataset(dataset, { client, usage, quietMs: 500 }));
    const queries = queriesOf(dataset).filter(({ id }) => wanted.includes(id));
    if (queries.length === 0) return;
    await withProfiledServer(data, async (target) => {
      for (const query of queries) await printProfile(query, target);
    });
  } finally {
    await remove();
  }
}

type Use = (target: ProfileTarget, usage: ProcessUsage) => Promise<void>;

async function withProfiledServer(data: string, use: Use): Promise<void> {
  process.env['NODE_OPTIONS'] = '--inspect=127.0.0.1:0';
  try {
    await withServer(data, async (client, usage, server) => {
      const inspector = await InspectorClient.connect(inspectorUrl(server.log.join('')));
      await use({ client, inspector, directory: flags.out, ms: flags.ms }, usage);
      await inspector.close();
    });
  } finally {
    delete process.env['NODE_OPTIONS'];
  }
}

async function printProfile(query: BenchQuery, target: ProfileTarget): Promise<void> {
  try {
    print(await profileQuery(query, target));
  } catch (error) {
    process.stdout.write(`${query.id} ${query.title}: ${messageOf(error)}\n\n`);
    process.exitCode = 1;
  }
}

function inspectorUrl(log: string): string {
  const [, url] = /Debugger listening on (ws:\S+)/.exec(log) ?? [];
  if (url === undefined) throw new Error(`The server has no inspector: ${log}`);
  return url;
}

function print({ title, tree, runs, flameGraphFile }: QueryProfile): void {
  const lines = [
    `${title}: ${runs} runs, ${flameGraphFile}`,
    `${(tree.totalMs / runs).toFixed(1)} ms a run, summed over the threads:`,
  ];
  for (const { name, place, ms } of selfTimes(tree).slice(0, flags.top)) {
    const share = ((100 * ms) / tree.totalMs).toFixed(1).padStart(5);
    lines.push(`${share} %  ${(ms / runs).toFixed(2).padStart(9)} ms  ${name} ${place}`);
  }
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

const kindOf = (id: string): DatasetKind => (id.startsWith('Q') || id === 'load-mixed' ? 'mixed' : 'streams');
for (const kind of ['mixed', 'streams'] as const) {
  const wanted = ids.filter((id) => kindOf(id) === kind);
  if (wanted.length > 0) await profileAll(kind, wanted);
}
