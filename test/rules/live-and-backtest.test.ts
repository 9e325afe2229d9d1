import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { configSchema } from '../../src/config/schema.ts';
import { startServer, type Server } from '../../src/server.ts';
import { ManualTime } from '../../src/services/ruler/testing/manual-time.ts';
import { push, type PushValue } from '../support/loki-client.ts';
import { PrometheusProcess } from '../support/prometheus-process.ts';
import { prometheusProgram } from '../support/prometheus-tools.ts';
import { runSkald } from '../support/run-skald.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryDirectory } from '../support/server-process.ts';

/**
 * The same rules over the same hour: evaluated minute by minute by a ruler, while the lines come in, and afterwards by
 * `skald rules backtest` and `backfill` on what was stored. What the ruler did is read from a real Prometheus.
 */

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const present = prometheusProgram('prometheus') !== null;

const MINUTES = 60;
/** Lines of the next ten seconds are pushed, then time goes on. */
const STEP_MS = 10_000;
const NAMESPACE = 'shop';

const GROUPS = [
  `name: waiting
interval: 1m
rules:
  - record: app:errors:rate3m
    expr: sum by (app) (rate({app=~".+"} |= "error" [3m]))
  - alert: Errors
    expr: sum by (app) (count_over_time({app=~".+"} |= "error" [2m])) > 8
    for: 3m
    keep_firing_for: 2m
    labels: {severity: '{{ if gt $value 20.0 }}page{{ else }}mail{{ end }}'}
  - alert: Silent
    expr: absent_over_time({app="b"} |= "error" [2m])`,
  `name: looking-back
interval: 1m
query_offset: 25s
rules:
  - record: app:duration:p90
    expr: quantile_over_time(0.9, {app=~".+"} | logfmt | unwrap duration(took) [2m]) by (app)
  - alert: Slow
    expr: avg_over_time({app=~".+"} | logfmt | unwrap duration(took) [2m]) by (app) > 0.25
    for: 1m`,
];
const OFFSET_MS: Readonly<Record<string, number>> = { waiting: 0, 'looking-back': 25_000 };

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let live: PrometheusProcess;
let filled: PrometheusProcess;
let server: Server;
let rulesFile: string;
const startMs = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 7_200_000;
const time = new ManualTime(startMs);
const random = seededRandom(6);
const below = (bound: number): number => Math.floor(random() * bound);

/** Lines of ten seconds: each service has its quiet and its bad minutes. */
function linesOf(app: string, fromMs: number): PushValue[] {
  const minute = Math.floor((fromMs - startMs) / 60_000);
  const isBad = (minute + app.charCodeAt(0)) % 20 < 9;
  if (app === 'b' && minute % 15 > 9) return [];
  const count = isBad ? 1 + below(4) : below(2);
  return Array.from({ length: count }, (_, i): PushValue => {
    const at = BigInt(fromMs + below(STEP_MS)) * 1_000_000n + BigInt(i);
    const level = below(10) < 7 ? 'error' : 'info';
    return [String(at), `level=${level} took=${below(isBad ? 900 : 300)}ms n=${below(1e6)}`];
  });
}

async function evaluatedAt(): Promise<readonly number[]> {
  const response = await fetch(`${server.url}/prometheus/api/v1/rules`);
  const { data } = (await response.json()) as { data: { groups: { lastEvaluation: string }[] } };
  return data.groups.map(({ lastEvaluation }) => Date.parse(lastEvaluation));
}

async function until(isThere: () => Promise<boolean>): Promise<void> {
  while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Each group has been evaluated in the minute before now: none of its times is left out. */
async function isEvaluated(): Promise<boolean> {
  // An evaluation that took longer than the time until the next one: that one is due at once.
  await time.advance(0);
  const times = await evaluatedAt();
  return times.length === GROUPS.length && times.every((ms) => ms > time.nowMs() - 60_000);
}

async function pendingSamples(): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const lines = text
    .split('\n')
    .filter((line) => /^loki_ruler_wal_prometheus_remote_storage_samples_pending\{/.test(line));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

beforeAll(async () => {
  if (!present) return;
  temporary = await temporaryDirectory();
  live = await PrometheusProcess.start();
  filled = await PrometheusProcess.start();
  rulesFile = path.join(temporary.directory, NAMESPACE);
  await writeFile(rulesFile, `groups:\n${GROUPS.map((text) => `  - ${text.replaceAll('\n', '\n    ')}\n`).join('')}`);
  const config = configSchema.parse({
    server: { http_listen_address: '127.0.0.1', http_listen_port: 0, grpc_listen_port: 0 },
    common: { path_prefix: path.join(temporary.directory, 'data') },
    // The clocks of query workers are not simulated.
    limits_config: { query_timeout: '0s' },
    ruler: {
      remote_write: {
        enabled: true,
        // Time goes by faster than Prometheus answers.
        clients: {
          live: { url: `${live.url}/api/v1/write`, remote_timeout: '1d', queue_config: { batch_send_deadline: '1s' } },
        },
      },
    },
  });
  const runtime = { ...nodeRuntime, clock: time, timers: time };
  server = await startServer({ config, runtime, writeLog: () => undefined });
  for (const text of GROUPS) {
    const stored = await fetch(`${server.url}/loki/api/v1/rules/${NAMESPACE}`, { method: 'POST', body: text });
    expect(stored.status).toBe(202);
  }
  for (let ms = 0; ms < MINUTES * 60_000; ms += STEP_MS) {
    for (const app of ['a', 'b', 'c']) {
      const lines = linesOf(app, startMs + ms);
      if (lines.length > 0) expect((await push(server.url, { app }, lines)).status).toBe(204);
    }
    await time.advance(STEP_MS);
    if (ms >= 60_000) await until(isEvaluated);
  }
  await until(async () => {
    await time.advance(1000);
    return (await pendingSamples()) === 0;
  });
  // What the ruler read from the head is read from chunks afterwards.
  expect((await fetch(`${server.url}/flush`, { method: 'POST' })).status).toBe(204);
});
afterAll(async () => {
  if (!present) return;
  const stopping = server.stop();
  await until(async () => {
    await time.advance(1000);
    return await Promise.race([
      stopping.then(() => true),
      new Promise<false>((resolve) => setTimeout(resolve, 10, false)),
    ]);
  });
  await Promise.all([live.stop(), filled.stop()]);
  await temporary.remove();
});

const END_MS = startMs + MINUTES * 60_000;

const bounds = (): string[] => [
  `--addr=${server.url}`,
  `--from=${startMs}000000`,
  `--to=${END_MS}000000`,
  `--namespace=${NAMESPACE}`,
];

/** `state labels time`, sorted, of everything that was active at any evaluation of the hour. */
async function liveAlerts(): Promise<string[]> {
  const series = await live.query('ALERTS[3h]', END_MS + 60_000);
  const texts = series.flatMap(({ metric, values = [] }) => {
    const { alertstate: state = '', ...labels } = metric;
    return values.map(([seconds]) => alertText(state, labels, Math.round(seconds * 1000)));
  });
  return texts.sort();
}

function alertText(state: string, labels: Readonly<Record<string, string>>, ms: number): string {
  const names = Object.keys(labels)
    .filter((name) => name !== '__name__')
    .sort();
  return `${names.map((name) => `${name}=${labels[name] ?? ''}`).join(' ')} ${state} ${new Date(ms).toISOString()}`;
}

interface Report {
  readonly group: string;
  readonly alert?: string;
  readonly failures: number;
  readonly episodes?: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly activeAt: string;
    readonly firedAt: string | null;
    readonly resolvedAt: string | null;
  }[];
}

/** The same from the report of a backtest: each evaluation from the first to the last of an episode. */
function backtestedAlerts(reports: readonly Report[]): string[] {
  return reports
    .flatMap(({ group, episodes = [] }) =>
      episodes.flatMap(({ labels, activeAt, firedAt, resolvedAt }) => {
        const texts: string[] = [];
        const endMs = resolvedAt === null ? END_MS : Date.parse(resolvedAt);
        for (let ms = Date.parse(activeAt); ms < endMs; ms += 60_000) {
          const state = firedAt !== null && ms >= Date.parse(firedAt) ? 'firing' : 'pending';
          texts.push(alertText(state, labels, ms - (OFFSET_MS[group] ?? 0)));
        }
        return texts;
      }),
    )
    .sort();
}

async function backtest(): Promise<Report[]> {
  const { code, stdout, stderr } = await runSkald(['rules', 'backtest', rulesFile, '--output=json', ...bounds()]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Report);
}

test.skipIf(!present)('alerts fire and wait at the same times in a backtest as they did live', async () => {
  const reports = await backtest();
  expect(reports.map(({ failures }) => failures)).toEqual([0, 0, 0, 0, 0]);
  const expected = await liveAlerts();
  for (const [name, state] of [
    ['Errors', 'firing'],
    ['Errors', 'pending'],
    ['Silent', 'firing'],
    ['Slow', 'firing'],
  ] as const) {
    const isOf = (text: string): boolean => text.includes(`alertname=${name} `) && text.includes(` ${state} `);
    expect(expected.filter(isOf).length).toBeGreaterThan(5);
  }
  expect(backtestedAlerts(reports)).toEqual(expected);
});

test.skipIf(!present)('a backfill writes the samples that were recorded live', async () => {
  const url = `${filled.url}/api/v1/write`;
  const { code, stderr } = await runSkald(['rules', 'backfill', rulesFile, `--remote-write=${url}`, ...bounds()]);
  expect([code, stderr]).toEqual([0, '']);
  const samplesOf = async (prometheus: PrometheusProcess) =>
    await prometheus.query('{__name__=~"app:.*"}[3h]', END_MS + 60_000);
  const recorded = await samplesOf(live);
  expect(recorded.map(({ metric }) => metric['__name__'])).toContain('app:duration:p90');
  expect(recorded.flatMap(({ values = [] }) => values).length).toBeGreaterThan(200);
  expect(await samplesOf(filled)).toEqual(recorded);
});
