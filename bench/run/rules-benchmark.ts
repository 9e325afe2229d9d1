import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must } from '../../src/common/assert.ts';
import { ServerProcess, temporaryDirectory } from '../../test/support/server-process.ts';
import { DataRandom } from '../dataset/data-random.ts';
import { HttpClient } from './http-client.ts';
import { quiet } from './load.ts';
import { ProcessUsage } from './process-usage.ts';

export interface RulesBenchmarkOptions {
  readonly rules: number;
  /** Of all groups. */
  readonly intervalMs: number;
  readonly cycles: number;
  /** Lines in ten minutes. They are pushed before, with times up to the end of the last cycle: nothing else runs. */
  readonly lines: number;
  readonly seed: number;
  /** How long the server must be quiet before rules are set. */
  readonly quietMs: number;
  readonly progress: (text: string) => void;
}

/** Figures of one cycle: the interval in which every rule is evaluated once. */
export interface RulesCycle {
  readonly evaluations: number;
  readonly failures: number;
  readonly missed: number;
  /** Time that rules were being evaluated, added up, without waiting for their turn. */
  readonly ruleSeconds: number;
  /** Of the server, all threads. */
  readonly cpuSeconds: number;
  /** Of chunks, as stored. */
  readonly pageBytes: number;
}

export interface RulesBenchmarkResult {
  readonly lineBytes: number;
  readonly cycles: readonly RulesCycle[];
  readonly peakBytes: number;
}

const RULES_PER_GROUP = 10;
const APPS = 50;
const PODS = 4;
/** Before the start; of these, what is older than two minutes is in chunks. */
const MINUTES_BEFORE = 10;
const MINUTES_IN_HEAD = 2;
/** For the start and for setting the rules. */
const MINUTES_TO_SPARE = 3;
const BATCH = 5000;

/** Pushes recent logs, sets the rules of one tenant, and measures whole cycles of their evaluation. */
export async function runRulesBenchmark(options: RulesBenchmarkOptions): Promise<RulesBenchmarkResult> {
  const { directory, remove } = await temporaryDirectory();
  const config = path.join(directory, 'config.yaml');
  await writeFile(config, 'server: {log_level: info}\nfrontend: {log_queries_longer_than: 0s}\n');
  const server = await ServerProcess.start(path.join(directory, 'data'), [`-config.file=${config}`]);
  const client = new HttpClient(server.url);
  try {
    const lineBytes = await pushLogs(client, options);
    const usage = new ProcessUsage(must(server.child.pid));
    await quiet(usage, options.quietMs);
    await setRules(client, options);
    options.progress('rules are set');
    // Groups begin within their first interval.
    await sleep(options.intervalMs);
    const cycles: RulesCycle[] = [];
    let before = await readCounters(client, usage);
    for (let i = 0; i < options.cycles; i++) {
      await sleep(options.intervalMs);
      const now = await readCounters(client, usage);
      cycles.push(difference(before, now));
      options.progress(`cycle ${i + 1}`);
      before = now;
    }
    return { lineBytes, cycles, peakBytes: usage.peakBytes() };
  } finally {
    client.close();
    await server.stop();
    await remove();
  }
}

async function pushLogs(client: HttpClient, options: RulesBenchmarkOptions): Promise<number> {
  const random = new DataRandom(options.seed);
  const startNs = BigInt(Date.now() - MINUTES_BEFORE * 60_000) * 1_000_000n;
  const stepNs = BigInt(Math.floor((MINUTES_BEFORE * 60_000_000_000) / options.lines));
  const minutesAfter = ((options.cycles + 1) * options.intervalMs) / 60_000 + MINUTES_TO_SPARE;
  const linesPerMinute = options.lines / MINUTES_BEFORE;
  const lines = Math.ceil(linesPerMinute * (MINUTES_BEFORE + minutesAfter));
  const inChunks = linesPerMinute * (MINUTES_BEFORE - MINUTES_IN_HEAD);
  let lineBytes = 0;
  for (let at = 0; at < lines; at += BATCH) {
    const streams = new Map<string, { stream: object; values: [string, string][] }>();
    for (let i = at; i < Math.min(at + BATCH, lines); i++) {
      const [app, pod] = [random.below(APPS), random.below(PODS)];
      const level = random.below(20) === 0 ? 'error' : 'info';
      const line = `level=${level} msg="request ${i} done" status=${level === 'error' ? 500 : 200} duration=${random.below(900)}ms path=/api/v1/items/${random.below(1000)}`;
      const key = `${app}/${pod}`;
      const stream = streams.get(key) ?? { stream: { app: `app-${app}`, pod: `pod-${pod}` }, values: [] };
      stream.values.push([String(startNs + BigInt(i) * stepNs), line]);
      streams.set(key, stream);
      lineBytes += line.length;
    }
    const body = Buffer.from(JSON.stringify({ streams: [...streams.values()] }));
    await expectStatus(client.post('/loki/api/v1/push', body, 'application/json'), 204);
    if (at <= inChunks && at + BATCH > inChunks) await client.post('/flush', Buffer.alloc(0), 'text/plain');
  }
  options.progress(`${lines} lines pushed`);
  return lineBytes;
}

/** What people alert on: errors of an app, rates by pod, levels from parsed lines, latencies. */
function expressionOf(i: number): string {
  const app = `app="app-${Math.floor(i / 5) % APPS}"`;
  const forms = [
    `sum by (pod) (count_over_time({${app}} |= "level=error" [5m])) > ${i % 7}`,
    `sum by (app) (rate({${app}}[1m]))`,
    `sum by (level) (count_over_time({${app}} | logfmt [1m]))`,
    `sum(count_over_time({${app}, pod="pod-${i % PODS}"} | logfmt | status >= 500 [5m])) > 10`,
    `quantile_over_time(0.99, {${app}} | logfmt | unwrap duration(duration) [1m]) by (app) > 0.5`,
  ];
  return forms[i % forms.length];
}

async function setRules(client: HttpClient, { rules, intervalMs }: RulesBenchmarkOptions): Promise<void> {
  for (let first = 0; first < rules; first += RULES_PER_GROUP) {
    const items = Array.from({ length: Math.min(RULES_PER_GROUP, rules - first) }, (_, i) => {
      const number = first + i;
      const kind = number % 3 === 0 ? `record: bench:rule:${number}` : `alert: Rule${number}`;
      return `  - ${kind}\n    expr: '${expressionOf(number)}'\n`;
    });
    const group = `name: group-${first}\ninterval: ${intervalMs}ms\nrules:\n${items.join('')}`;
    await expectStatus(client.post('/loki/api/v1/rules/bench', Buffer.from(group), 'application/yaml'), 202);
  }
}

async function expectStatus(answer: ReturnType<HttpClient['post']>, expected: number): Promise<void> {
  const { status, body } = await answer;
  if (status !== expected) throw new Error(`Cannot load the benchmark: status ${status}: ${body.toString()}`);
}

async function readCounters(client: HttpClient, usage: ProcessUsage): Promise<RulesCycle> {
  const text = (await client.get('/metrics')).body.toString();
  const total = (name: string): number =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  return {
    evaluations: total('loki_prometheus_rule_evaluations_total'),
    failures: total('loki_prometheus_rule_evaluation_failures_total'),
    missed: total('loki_prometheus_rule_group_iterations_missed_total'),
    ruleSeconds: total('loki_prometheus_rule_evaluation_duration_seconds_sum'),
    cpuSeconds: usage.cpuSeconds(),
    pageBytes: total('skald_query_page_bytes_read_total'),
  };
}

function difference(before: RulesCycle, now: RulesCycle): RulesCycle {
  return {
    evaluations: now.evaluations - before.evaluations,
    failures: now.failures - before.failures,
    missed: now.missed - before.missed,
    ruleSeconds: now.ruleSeconds - before.ruleSeconds,
    cpuSeconds: now.cpuSeconds - before.cpuSeconds,
    pageBytes: now.pageBytes - before.pageBytes,
  };
}
