import { Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import type { CampaignReport } from './campaign.ts';
import { caseToJson, checkCase } from './fuzz-case.ts';
import { missingProductions, PRODUCTION_COUNT } from './productions.ts';
import { runCampaign } from './run-campaign.ts';
import { shrink } from './shrink.ts';

interface Flags {
  readonly queries: number;
  readonly datasets?: number;
  readonly seed?: number;
  readonly jobs: number;
  readonly out?: string;
}

const flags = new Command('fuzz')
  .description(
    'Asks the engine and the oracle generated queries about generated data, and shrinks what they differ in.',
  )
  .option('--queries <number>', 'to ask', Number, 20_000)
  .option('--datasets <number>', 'to ask them about (default: one for 60 queries)', Number)
  .option('--seed <number>', 'of data and queries (default: from the clock)', Number)
  .option('--jobs <number>', 'threads; the queries are the same with any number', Number, 2)
  .option('--out <file>', 'for the shrunk case: a regression in the making')
  .parse()
  .opts<Flags>();

const QUERIES_PER_DATA_SET = 60;
const PROGRESS_MS = 10_000;
const { queries, seed = Date.now() % 1_000_000_000, out } = flags;
const dataSets = flags.datasets ?? Math.ceil(queries / QUERIES_PER_DATA_SET);
const started = performance.now();
let shown = started;

console.log(`seed ${seed}: ${dataSets} data sets, ${queries} queries`);
const report = await runCampaign({
  seed,
  dataSets,
  queriesPerDataSet: Math.ceil(queries / dataSets),
  jobs: flags.jobs,
  onProgress(total) {
    if (performance.now() - shown < PROGRESS_MS) return;
    shown = performance.now();
    console.log(summary(total));
  },
});
console.log(summary(report));
console.log(`not used: ${missingProductions(report.productions).join('; ') || 'nothing'}`);
for (const [i, { fuzzCase, difference }] of report.findings.entries()) {
  console.log(`\n${fuzzCase.relation}, ${fuzzCase.state}: ${fuzzCase.query.text}\n${difference}`);
  if (i > 0) continue;
  const small = await shrink(fuzzCase);
  console.log(`\nshrunk: ${caseToJson(small)}\n${await checkCase(small)}`);
  if (out !== undefined) await writeFile(out, caseToJson(small));
}
if (report.findings.length > 0) process.exitCode = 1;

function summary(total: CampaignReport): string {
  const { dataSets: sets, queries: count, checks, failed, empty, refused, productions, shapes, findings } = total;
  const minutes = (performance.now() - started) / 60_000;
  return (
    `${sets} data sets, ${count} queries (${failed} errors, ${empty} empty, ${refused} refused), ${checks} checks, ` +
    `${productions.size} of ${PRODUCTION_COUNT} productions, ${shapes.size} shapes, ${findings.length} differences, ` +
    `${minutes.toFixed(1)} min`
  );
}
