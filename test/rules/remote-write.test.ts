import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { push } from '../support/loki-client.ts';
import { PrometheusProcess } from '../support/prometheus-process.ts';
import { prometheusProgram } from '../support/prometheus-tools.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

/** What rules record, as a real Prometheus has it. */

const present = prometheusProgram('prometheus') !== null;

const RULES = `
name: g
interval: 1s
rules:
  - record: probe:one
    expr: vector(1)
    labels: {kept: 'yes', drop_me: x}
  - record: app:lines:count4s
    expr: sum by (app) (count_over_time({app="api"}[4s]))
  - alert: Lines
    expr: sum(count_over_time({app="api"}[1h])) > 0
`;

let prometheus: PrometheusProcess;
let server: ServerProcess;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let config: string;

beforeAll(async () => {
  if (!present) return;
  temporary = await temporaryDirectory();
  prometheus = await PrometheusProcess.start();
  config = path.join(temporary.directory, 'config.yaml');
  await writeFile(
    config,
    `
ruler:
  remote_write:
    enabled: true
    clients:
      prom:
        url: ${prometheus.url}/api/v1/write
        headers: {X-Scope-OrgID: somebody, X-Extra: '1'}
        write_relabel_configs:
          - {action: labeldrop, regex: drop_.*}
        queue_config: {batch_send_deadline: 100ms, max_backoff: 200ms, max_samples_per_send: 20}
`,
  );
  server = await startServer();
  await push(server.url, { app: 'api' }, [[`${Date.now()}000000`, 'a line']]);
  const stored = await fetch(`${server.url}/loki/api/v1/rules/ns`, { method: 'POST', body: RULES });
  expect(stored.status).toBe(202);
});
afterAll(async () => {
  if (!present) return;
  await server.stop();
  await prometheus.stop();
  await temporary.remove();
});

async function startServer(): Promise<ServerProcess> {
  return await ServerProcess.start(path.join(temporary.directory, 'data'), [`-config.file=${config}`]);
}

async function until<T>(ask: () => Promise<T>, isThere: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask().catch(() => null);
    if (answer !== null && isThere(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Raw samples of the first series, oldest first. */
async function samplesOf(query: string): Promise<readonly (readonly [number, string])[]> {
  const [series] = await prometheus.query(`${query}[1h]`);
  return series?.values ?? [];
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

test.skipIf(!present)('what rules record can be asked with PromQL', async () => {
  const [probe] = await until(
    async () => await prometheus.query('probe:one'),
    ({ length }) => length > 0,
  );
  expect(probe).toMatchObject({ metric: { __name__: 'probe:one', kept: 'yes' }, value: [expect.anything(), '1'] });
  expect(Object.keys(probe?.metric ?? {})).not.toContain('drop_me');
  const [lines] = await until(
    async () => await prometheus.query('app:lines:count4s'),
    ({ length }) => length > 0,
  );
  expect(lines).toMatchObject({ metric: { app: 'api' }, value: [expect.anything(), '1'] });
  const alerts = await until(
    async () => await prometheus.query('ALERTS{alertname="Lines", alertstate="firing"}'),
    ({ length }) => length > 0,
  );
  expect(alerts).toHaveLength(1);
  const [forState] = await prometheus.query('ALERTS_FOR_STATE{alertname="Lines"}');
  expect(Number(forState?.value?.[1])).toBeGreaterThan(1_700_000_000);
});

test.skipIf(!present)('a series that ends, ends in Prometheus at once', async () => {
  await until(
    async () => await prometheus.query('app:lines:count4s'),
    ({ length }) => length === 0,
  );
  const samples = await samplesOf('app:lines:count4s');
  const endedMs = ((samples.at(-1)?.[0] ?? 0) + 2) * 1000;
  // Without a marker it would be there for five minutes.
  expect(await prometheus.query('app:lines:count4s', endedMs)).toEqual([]);
});

/** A receiver's restart on another machine. */
const OUTAGE_MS = 60_000;
const outage = { timeout: 3 * OUTAGE_MS };

test.skipIf(!present)(
  'a receiver that is away for a minute, and a ruler that is killed, lose and double nothing',
  outage,
  async () => {
    const count = async (): Promise<number> => (await samplesOf('probe:one')).length;
    const atLeast = async (more: number): Promise<void> => {
      const before = await count();
      await until(count, (now) => now >= before + more);
    };
    await atLeast(2);
    await prometheus.kill();
    const killedAtMs = Date.now();
    await until(
      async () => await metric('loki_ruler_wal_prometheus_remote_storage_samples_pending'),
      (pending) => pending >= 6,
    );
    // What waits is on disk: another process sends it.
    await server.kill();
    server = await startServer();
    await until(
      async () => await metric('loki_ruler_wal_prometheus_remote_storage_samples_pending'),
      (pending) => pending >= 3,
    );
    await new Promise((resolve) => setTimeout(resolve, killedAtMs + OUTAGE_MS - Date.now()));
    await prometheus.startAgain();
    await atLeast(5);
    await until(
      async () => await metric('loki_ruler_wal_prometheus_remote_storage_samples_pending'),
      (pending) => pending <= 6,
    );
    const missed = await metric('loki_prometheus_rule_group_iterations_missed_total');
    const samples = await samplesOf('probe:one');
    const times = samples.map(([seconds]) => Math.round(seconds * 1000));
    expect(new Set(times).size).toBe(times.length);
    expect(samples.every(([, value]) => value === '1')).toBe(true);
    // One each second, but for the moment in which no ruler ran; evaluations that a slow machine misses are told.
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(gaps.every((gap) => gap % 1000 === 0)).toBe(true);
    const restart = Math.max(...gaps);
    const lost = gaps.reduce((sum, gap) => sum + (gap / 1000 - 1), 0) - (restart / 1000 - 1);
    expect(lost).toBeLessThanOrEqual(missed);
    expect(await metric('loki_ruler_wal_prometheus_remote_storage_samples_failed_total')).toBe(0);
    expect(await metric('loki_ruler_wal_prometheus_remote_storage_samples_dropped_total')).toBe(0);
  },
);
