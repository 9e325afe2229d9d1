import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { AlertmanagerProcess } from '../support/alertmanager-process.ts';
import { push } from '../support/loki-client.ts';
import { PrometheusProcess, type RawSample } from '../support/prometheus-process.ts';
import { prometheusProgram } from '../support/prometheus-tools.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

/** Lines that come after the evaluations that should have seen them, as a real Prometheus and a real Alertmanager see it. */

vi.setConfig({ testTimeout: 120_000 });

const present = prometheusProgram('prometheus') !== null && prometheusProgram('prometheus-alertmanager') !== null;

const RECORDED = '{__name__="app:lines:count3s", app="api"}';
const RULES = `
name: g
interval: 1s
rules:
  - record: app:lines:count3s
    expr: sum by (app) (count_over_time({app=~".+"}[3s]))
  - alert: Late
    expr: sum by (app) (count_over_time({app="late"}[3s])) > 0
    for: 1s
    keep_firing_for: 1m
`;

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let corrected: PrometheusProcess;
let strict: PrometheusProcess;
let alertmanager: AlertmanagerProcess;
let server: ServerProcess;

beforeAll(async () => {
  if (!present) return;
  temporary = await temporaryDirectory();
  corrected = await PrometheusProcess.start({ outOfOrder: '1h' });
  strict = await PrometheusProcess.start();
  alertmanager = await AlertmanagerProcess.start();
  const config = path.join(temporary.directory, 'config.yaml');
  const queue = 'queue_config: {batch_send_deadline: 100ms}';
  await writeFile(
    config,
    `
limits_config: {ruler_late_data_grace_period: 10s}
ruler:
  alertmanager_url: ${alertmanager.url}
  resend_delay: 1s
  remote_write:
    enabled: true
    clients:
      corrected: {url: '${corrected.url}/api/v1/write', ${queue}}
      strict: {url: '${strict.url}/api/v1/write', ${queue}}
`,
  );
  server = await ServerProcess.start(path.join(temporary.directory, 'data'), [`-config.file=${config}`]);
  const stored = await fetch(`${server.url}/loki/api/v1/rules/ns`, { method: 'POST', body: RULES });
  expect(stored.status).toBe(202);
});
afterAll(async () => {
  if (!present) return;
  await server.stop();
  await Promise.all([corrected.stop(), strict.stop(), alertmanager.stop()]);
  await temporary.remove();
});

async function until<T>(ask: () => Promise<T | null | undefined>, isThere: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && isThere(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function samplesOf(prometheus: PrometheusProcess, app: string): Promise<readonly RawSample[]> {
  const [series] = await prometheus.query(`{__name__="app:lines:count3s", app="${app}"}[1h]`);
  return series?.values ?? [];
}

async function pushLine(app: string, atMs: number, text: string): Promise<void> {
  expect((await push(server.url, { app }, [[`${atMs}000000`, text]])).status).toBe(204);
}

interface RuleState {
  readonly name: string;
  readonly lateData: { readonly evaluations: number; readonly changes: number; readonly lastChange: string };
}

async function ruleNamed(name: string): Promise<RuleState | undefined> {
  const response = await fetch(`${server.url}/prometheus/api/v1/rules`);
  const { data } = (await response.json()) as { data: { groups: { rules: RuleState[] }[] } };
  return data.groups[0]?.rules.find((rule) => rule.name === name);
}

describe.skipIf(!present)('lines that come late', () => {
  test('change what was recorded, where the receiver lets it', async () => {
    // Before the evaluations that see it, however slow the push is.
    const atMs = Date.now() + 500;
    await pushLine('api', atMs, 'in time');
    await until(
      async () => await samplesOf(corrected, 'api'),
      ({ length }) => length > 0,
    );
    await until(
      async () => await corrected.query(RECORDED),
      ({ length }) => length === 0,
    );
    const before = await samplesOf(corrected, 'api');
    expect(new Set(before.map(([, value]) => value))).toEqual(new Set(['1']));
    await pushLine('api', atMs, 'late');
    const after = await until(
      async () => await samplesOf(corrected, 'api'),
      (samples) => samples.every(([, value]) => value === '2'),
    );
    expect(after.map(([seconds]) => seconds)).toEqual(before.map(([seconds]) => seconds));

    const rule = await until(
      async () => await ruleNamed('app:lines:count3s'),
      ({ lateData }) => lateData.changes >= after.length,
    );
    expect(rule.lateData.evaluations).toBeGreaterThanOrEqual(after.length);
    expect(Date.parse(rule.lateData.lastChange)).toBeGreaterThan(atMs);
    const told = server.log.filter((line) => line.includes('entries came late'));
    expect(told.join('')).toContain('rule="record app:lines:count3s"');
    // Without out_of_order_time_window a sample cannot be changed. That is told, and nothing else is lost with it.
    await until(
      async () => await Promise.resolve(server.log.join('')),
      (log) => /remote_name=strict .*out of order sample/.test(log),
    );
    expect(await samplesOf(strict, 'api')).toEqual(before);
  });

  test('of a series that nobody knew are recorded where they belong, with the end of the series', async () => {
    const atMs = Date.now() - 3500;
    await pushLine('unknown', atMs, 'late');
    const samples = await until(
      async () => await samplesOf(corrected, 'unknown'),
      ({ length }) => length > 0,
    );
    for (const [seconds, value] of samples) {
      expect(value).toBe('1');
      expect(seconds * 1000 - atMs).toBeGreaterThanOrEqual(0);
      expect(seconds * 1000 - atMs).toBeLessThan(3000);
    }
    await until(
      async () => await corrected.query('{__name__="app:lines:count3s", app="unknown"}'),
      ({ length }) => length === 0,
    );
  });

  test('fire their alert late, with the time of then and a word about it', async () => {
    const atMs = Date.now() - 4000;
    await pushLine('late', atMs, 'late');
    const firing = await until(
      async () => (await alertmanager.alerts())[0],
      ({ labels }) => labels['app'] === 'late',
    );
    const firedMs = Date.parse(firing.startsAt);
    // `for` has passed between evaluations that should have seen the line.
    expect(firedMs - atMs).toBeGreaterThanOrEqual(1000);
    expect(firedMs - atMs).toBeLessThan(3000);
    expect(firing.annotations['late_data']).toMatch(/^Fired [1-9]\S* late: log lines that it is made of came after/);
    const { data } = (await (await fetch(`${server.url}/prometheus/api/v1/alerts`)).json()) as {
      data: { alerts: { annotations: object; activeAt: string; state: string }[] };
    };
    expect(data.alerts).toMatchObject([{ state: 'firing', annotations: firing.annotations }]);
    expect(firedMs - Date.parse(data.alerts[0]?.activeAt ?? '')).toBeGreaterThanOrEqual(1000);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('skald_ruler_late_alerts_total{user="fake",rule_group="ns;g"} 1');
    expect(metrics).toMatch(/skald_ruler_late_samples_total\{user="fake",rule_group="ns;g"\} [1-9]/);
    expect(metrics).toMatch(/skald_ruler_late_evaluations_total\{user="fake",rule_group="ns;g"\} [1-9]/);
  });
});
