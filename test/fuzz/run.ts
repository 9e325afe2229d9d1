import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { CampaignReport, runDataSet } from './campaign.ts';
import { caseToJson, checkCase } from './fuzz-case.ts';
import { shrink } from './shrink.ts';

const { values } = parseArgs({
  options: {
    queries: { type: 'string', default: '20000' },
    datasets: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    /** File for the shrunk case: a regression in the making. */
    out: { type: 'string' },
  },
});

const QUERIES_PER_DATA_SET = 60;
const PROGRESS_MS = 10_000;
const seed = Number(values.seed);
const queries = Number(values.queries);
const dataSets = values.datasets === undefined ? Math.ceil(queries / QUERIES_PER_DATA_SET) : Number(values.datasets);
const report = new CampaignReport();
let shown = Date.now();

console.log(`seed ${seed}: ${dataSets} data sets, ${queries} queries`);
for (let i = 0; i < dataSets && report.findings.length === 0; i++) {
  await runDataSet(seed + i, Math.ceil(queries / dataSets), report);
  if (report.findings.length > 0) console.log(`found with --seed ${seed + i}`);
  if (Date.now() - shown < PROGRESS_MS) continue;
  shown = Date.now();
  console.log(summary());
}
console.log(summary());
for (const [i, { fuzzCase, difference }] of report.findings.entries()) {
  console.log(`\n${fuzzCase.relation}, ${fuzzCase.state}: ${fuzzCase.query.text}\n${difference}`);
  if (i > 0) continue;
  const small = await shrink(fuzzCase);
  console.log(`\nshrunk: ${caseToJson(small)}\n${await checkCase(small)}`);
  if (values.out !== undefined) await writeFile(values.out, caseToJson(small));
}
if (report.findings.length > 0) process.exitCode = 1;

function summary(): string {
  const { dataSets: sets, queries: count, checks, failed, empty, refused, productions, findings } = report;
  return (
    `${sets} data sets, ${count} queries (${failed} errors, ${empty} empty, ${refused} refused), ${checks} checks, ` +
    `${productions.size} productions, ${findings.length} differences`
  );
}
