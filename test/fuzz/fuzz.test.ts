import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { emptyReport, runDataSet } from './campaign.ts';
import { caseFromJson, caseToJson, checkCase } from './fuzz-case.ts';

const directory = new URL('regressions/', import.meta.url);
const DATA_SETS = 30;
const QUERIES_PER_DATA_SET = 50;
/** Fixed, so that every run of the tests is the same; `npm run fuzz` looks elsewhere. */
const SEED = 20_260_115;
/** What these queries cover; below it, the generator has lost something. */
const PRODUCTIONS_MIN = 165;

describe('engine and oracle agree', () => {
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'));

  test.each(names)('on %s', async (name) => {
    expect(await checkCase(caseFromJson(readFileSync(new URL(name, directory), 'utf8')))).toBeNull();
  });

  test(`on generated queries, seed ${SEED}`, { timeout: 300_000 }, async () => {
    const report = emptyReport();
    for (let i = 0; i < DATA_SETS; i++) await runDataSet(SEED + i, QUERIES_PER_DATA_SET, report);
    const [first] = report.findings;
    expect(report.findings.length, first && `${first.difference}\n${caseToJson(first.fuzzCase)}`).toBe(0);
    expect(report.queries).toBe(DATA_SETS * QUERIES_PER_DATA_SET);
    expect(report.productions.size).toBeGreaterThan(PRODUCTIONS_MIN);
    expect(report.failed).toBeLessThan(report.queries / 2);
    expect(report.refused).toBeLessThan(report.queries / 20);
    expect(report.empty).toBeLessThan(report.queries / 2);
  });
});
