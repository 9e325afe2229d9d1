import { must } from '../../src/common/assert.ts';
import type { GeneratedDataset } from '../dataset/generate.ts';
import type { BenchQuery } from '../queries/query.ts';
import { checkAnswer, type CheckedAnswer } from './check-answer.ts';
import type { Answered, HttpClient } from './http-client.ts';
import { median } from './median.ts';
import type { ProcessUsage } from './process-usage.ts';
import { explainStep, sendStep } from './send-step.ts';
import type { Yardstick } from './yardstick.ts';

export interface QueryResult {
  readonly id: string;
  readonly title: string;
  /** The first run after the start, and the median of those after it. */
  readonly firstMs: number;
  readonly medianMs: number;
  /** Of the server, mean of the runs after the first. */
  readonly cpuSeconds: number;
  /** Median over the yardstick's time for the bytes that the query selects. */
  readonly multiple: number;
  /** The same of CPU seconds: with all cores free, as many times the multiple as cores were busy. */
  readonly cpuMultiple: number;
  readonly selectedBytes: number;
  /** What EXPLAIN counts; null for requests without a plan. */
  readonly pagesRead: number | null;
  readonly bytesRead: number | null;
  readonly peakBytes: number;
  readonly rows: number;
  readonly hash: string;
  readonly answerBytes: number;
  /** null is right. */
  readonly difference: string | null;
}

export interface QueryTarget {
  readonly client: HttpClient;
  readonly usage: ProcessUsage;
  /** At least 2. */
  readonly runs: number;
  readonly yardstick: Yardstick;
}

interface Run {
  readonly ms: number;
  readonly cpuSeconds: number;
  readonly answered: readonly Answered[];
}

/** Runs a query several times, checks every answer, and asks what it read. */
export async function runQuery(
  query: BenchQuery,
  dataset: GeneratedDataset,
  target: QueryTarget,
): Promise<QueryResult> {
  const { usage, client } = target;
  usage.forgetPeak();
  const runs: Run[] = [];
  const checks: CheckedAnswer[] = [];
  for (let i = 0; i < target.runs; i++) {
    const run = await runOnce(query, target);
    runs.push(run);
    checks.push(
      ...query.steps.map((step, s) => checkAnswer(step, run.answered[s].body, answerOf(dataset, step.answer))),
    );
  }
  const peakBytes = usage.peakBytes();
  const warm = runs.slice(1);
  const medianMs = median(warm.map(({ ms }) => ms));
  const cpuSeconds = warm.reduce((sum, run) => sum + run.cpuSeconds, 0) / warm.length;
  const selectedBytes = query.selects.reduce((sum, name) => sum + must(dataset.selectedBytes[name]), 0);
  const first = checks.slice(0, query.steps.length);
  return {
    id: query.id,
    title: query.title,
    firstMs: runs[0].ms,
    medianMs,
    cpuSeconds,
    multiple: medianMs / 1000 / (selectedBytes / target.yardstick.bytesPerSecond),
    cpuMultiple: cpuSeconds / (selectedBytes / target.yardstick.bytesPerCpuSecond),
    selectedBytes,
    ...(await readsOf(query, client)),
    peakBytes,
    rows: first.reduce((sum, { rows }) => sum + rows, 0),
    hash: [...new Set(first.map(({ hash }) => hash))].join('+'),
    answerBytes: runs[0].answered.reduce((sum, { body }) => sum + body.length, 0),
    difference: checks.find(({ difference }) => difference !== null)?.difference ?? null,
  };
}

const answerOf = (dataset: GeneratedDataset, name: string) =>
  must(dataset.answers.get(name), `the dataset has no answer to ${name}`);

async function runOnce({ steps, isParallel }: BenchQuery, { client, usage }: QueryTarget): Promise<Run> {
  const cpuBefore = usage.threadCpuSeconds();
  const startMs = performance.now();
  const answered: Answered[] = [];
  if (isParallel) answered.push(...(await Promise.all(steps.map((step) => sendStep(client, step)))));
  else for (const step of steps) answered.push(await sendStep(client, step));
  const ms = performance.now() - startMs;
  return { ms, cpuSeconds: usage.threadCpuSeconds() - cpuBefore, answered };
}

/** Summed over the query's requests. */
async function readsOf(
  { steps }: BenchQuery,
  client: HttpClient,
): Promise<Pick<QueryResult, 'pagesRead' | 'bytesRead'>> {
  let [pages, bytes, known] = [0, 0, 0];
  for (const step of steps) {
    const explained = await explainStep(client, step);
    if (explained === null) continue;
    pages += explained.pagesRead;
    bytes += explained.pageBytesStored;
    known++;
  }
  return known === 0 ? { pagesRead: null, bytesRead: null } : { pagesRead: pages, bytesRead: bytes };
}
