import { Command, InvalidArgumentError, Option } from 'commander';
import path from 'node:path';
import type { DatasetKind } from './dataset/dataset.ts';
import { printTable } from './report/print-table.ts';
import { writeResult } from './report/write-result.ts';
import { type BenchmarkOptions, runBenchmark } from './run/benchmark.ts';

interface Flags {
  readonly dataset: DatasetKind;
  readonly scale: number;
  readonly seed: number;
  readonly runs: number;
  readonly queries: readonly string[];
  readonly out?: string;
}

const atLeast = (least: number) => (text: string) => {
  const value = Number(text);
  if (Number.isNaN(value) || value < least) throw new InvalidArgumentError(`expected a number from ${least}`);
  return value;
};

const flags = new Command('bench')
  .description('Loads a dataset into a server of its own, runs the queries, checks every answer and prints a table.')
  .addOption(new Option('--dataset <kind>', 'what to load').choices(['mixed', 'streams']).default('mixed'))
  .option('--scale <factor>', '1 is 5,000,000 lines in mixed, 20,000 streams in streams', atLeast(0.0001), 0.1)
  .option('--seed <number>', 'of the data', atLeast(0), 20_260_115)
  .option('--runs <number>', 'of each query; the first is reported on its own', atLeast(2), 5)
  .option('--queries <ids>', 'only these, separated by commas', (text) => text.split(','), [])
  .option('--out <file>', 'result file; bench/results/<dataset>-<scale>.json unless some queries are left out')
  .parse()
  .opts<Flags>();

const options: BenchmarkOptions = {
  kind: flags.dataset,
  scale: flags.scale,
  seed: flags.seed,
  runs: flags.runs,
  queries: flags.queries,
  quietMs: 2000,
  progress: (text) => process.stderr.write(`${text}\n`),
};
const result = await runBenchmark(options);
process.stdout.write(printTable(result));
const kept = path.join(import.meta.dirname, 'results', `${options.kind}-${options.scale}.json`);
const file = flags.out ?? (options.queries.length === 0 ? kept : null);
if (file !== null) writeResult(file, options, result);
if (result.queries.some((query) => 'error' in query || query.difference !== null)) process.exitCode = 1;
