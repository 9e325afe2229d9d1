import { Command } from 'commander';
import path from 'node:path';
import { messageOf } from '../src/common/errors.ts';
import { temporaryDirectory } from '../test/support/server-process.ts';
import type { DatasetKind } from './dataset/dataset.ts';
import { type CallTree, selfTimes } from './profile/call-tree.ts';
import { InspectorClient } from './profile/inspector-client.ts';
import { profileQuery } from './profile/profile-query.ts';
import { makeDataset, queriesOf, withServer } from './run/benchmark.ts';
import { loadDataset } from './run/load.ts';

interface Flags {
  readonly scale: number;
  readonly seed: number;
  readonly ms: number;
  readonly top: number;
  readonly out: string;
}

const command = new Command('profile')
  .description('Writes CPU profiles and a flame graph of queries, and prints where the time went.')
  .argument('<ids...>', 'queries, Q01 to Q20 or S1 to S5')
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
    await withServer(data, (client, usage) => loadDataset(dataset, { client, usage, quietMs: 500 }));
    process.env['NODE_OPTIONS'] = '--inspect=127.0.0.1:0';
    await withServer(data, async (client, _usage, server) => {
      const inspector = await InspectorClient.connect(inspectorUrl(server.log.join('')));
      for (const query of queriesOf(dataset).filter(({ id }) => wanted.includes(id))) {
        const target = { client, inspector, directory: flags.out, ms: flags.ms };
        try {
          const { tree, runs, flameGraphFile } = await profileQuery(query, target);
          process.stdout.write(
            `${query.id} ${query.title}: ${runs} runs, ${flameGraphFile}\n${printTop(tree, runs)}\n`,
          );
        } catch (error) {
          process.stdout.write(`${query.id} ${query.title}: ${messageOf(error)}\n\n`);
          process.exitCode = 1;
        }
      }
      await inspector.close();
    });
  } finally {
    delete process.env['NODE_OPTIONS'];
    await remove();
  }
}

function inspectorUrl(log: string): string {
  const [, url] = /Debugger listening on (ws:\S+)/.exec(log) ?? [];
  if (url === undefined) throw new Error(`The server has no inspector: ${log}`);
  return url;
}

function printTop(tree: CallTree, runs: number): string {
  const lines = [`CPU per run: ${(tree.totalMs / runs).toFixed(1)} ms over all threads`];
  for (const { name, place, ms } of selfTimes(tree).slice(0, flags.top)) {
    const share = ((100 * ms) / tree.totalMs).toFixed(1).padStart(5);
    lines.push(`${share} %  ${(ms / runs).toFixed(2).padStart(9)} ms  ${name} ${place}`);
  }
  return `${lines.join('\n')}\n`;
}

const isMixed = (id: string) => id.startsWith('Q');
for (const kind of ['mixed', 'streams'] as const) {
  const wanted = ids.filter((id) => isMixed(id) === (kind === 'mixed'));
  if (wanted.length > 0) await profileAll(kind, wanted);
}
