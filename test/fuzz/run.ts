import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { CampaignReport } from './campaign.ts';
import { caseToJson, checkCase } from './fuzz-case.ts';
import { missingProductions, PRODUCTION_COUNT } from './productions.ts';
import { runCampaign } from './run-campaign.ts';
import { shrink } from './shrink.ts';

const { values } = parseArgs({
  options: {
    queries: { type: 'string', default: '20000' },
    datasets: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    /** Threads. The queries are the same with any number. */
    jobs: { type: 'string', default: '2' },
    /** File for the shrunk case: a regression in the making. */
    out: { type: 'string' },
  },
});

const QUERIES_PER_DATA_SET = 60;
const PROGRESS_MS = 10_000;
const seed = Number(values.seed);
const queries = Number(values.queries);
const dataSets = values.datasets === undefined ? Math.ceil(queries / QUERIES_PER_DATA_SET) : Number(values.datasets);
const started = performance.now();
let shown = started;

console.log(`seed ${seed}: ${dataSets} data sets, ${queries} queries`);
const report = await runCampaign({
  seed,
  dataSets,
  queriesPerDataSet: Math.ceil(queries / dataSets),
  jobs: Number(values.jobs),
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
  if (values.out !== undefined) await writeFile(values.out, caseToJson(small));
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
