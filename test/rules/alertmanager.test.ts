import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AlertmanagerProcess, type AlertmanagerAlert } from '../support/alertmanager-process.ts';
import { freePort } from '../support/free-port.ts';
import { push } from '../support/loki-client.ts';
import { prometheusProgram } from '../support/prometheus-tools.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

/** Alerts as a real Alertmanager sees them. */

const present = prometheusProgram('prometheus-alertmanager') !== null;

const RULES = `
name: g
interval: 1s
rules:
  - alert: Errors
    expr: sum by (app) (count_over_time({app=~".+"} |= "error" [4s])) > 0
    labels: {severity: page, drop_me: x}
    annotations: {summary: '{{ $labels.app }} has {{ $value }}'}
`;

let server: ServerProcess;
let first: AlertmanagerProcess;
/** The port of an Alertmanager that is not there yet. */
let absentPort: number;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  if (!present) return;
  temporary = await temporaryDirectory();
  first = await AlertmanagerProcess.start();
  absentPort = await freePort();
  const config = path.join(temporary.directory, 'config.yaml');
  await writeFile(
    config,
    `
ruler:
  alertmanager_url: ${first.url},http://user:secret@127.0.0.1:${absentPort}
  external_url: http://grafana:3000/
  datasource_uid: uid1
  external_labels: {cluster: c1, severity: none}
  resend_delay: 1s
  alert_relabel_configs:
    - {action: labeldrop, regex: drop_.*}
`,
  );
  server = await ServerProcess.start(path.join(temporary.directory, 'data'), [`-config.file=${config}`]);
});

afterAll(async () => {
  if (!present) return;
  await server.stop();
  await first.stop();
  await temporary.remove();
});

async function eventually(
  alertmanager: AlertmanagerProcess,
  isThere: (alert: AlertmanagerAlert) => boolean,
): Promise<AlertmanagerAlert> {
  for (;;) {
    const found = (await alertmanager.alerts()).find(isThere);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function metric(name: string, label: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const line = text.split('\n').find((row) => row.startsWith(name) && row.includes(label));
  return Number(line?.split(' ').at(-1) ?? 'NaN');
}

const pushError = async (app: string): Promise<void> => {
  const response = await push(server.url, { app }, [[String(BigInt(Date.now()) * 1_000_000n), 'error']]);
  expect(response.status).toBe(204);
};

describe.skipIf(!present)('an Alertmanager', () => {
  test('hears of an alert that fires, and then that it is resolved', async () => {
    const response = await fetch(`${server.url}/loki/api/v1/rules/ns`, { method: 'POST', body: RULES });
    expect([response.status, await response.text()]).toMatchObject([202, {}]);
    await pushError('shop');
    const firing = await eventually(first, ({ labels }) => labels['alertname'] === 'Errors');
    expect(firing).toMatchObject({
      // What the alert says wins over external labels; relabelling comes last.
      labels: { alertname: 'Errors', app: 'shop', severity: 'page', cluster: 'c1' },
      annotations: { summary: 'shop has 1' },
      status: { state: 'active' },
    });
    expect(Object.keys(firing.labels)).toHaveLength(4);
    expect(Date.parse(firing.endsAt)).toBeGreaterThan(Date.parse(firing.startsAt));
    const link = new URL(firing.generatorURL);
    expect(link.origin + link.pathname).toBe('http://grafana:3000/explore');
    expect(JSON.parse(link.searchParams.get('left') ?? '')).toMatchObject({
      datasource: 'uid1',
      queries: [{ expr: 'sum by (app) (count_over_time({app=~".+"} |= "error" [4s])) > 0' }],
    });
    // Its API lists only alerts that are not over.
    while ((await first.alerts()).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    const active = await (await fetch(`${server.url}/prometheus/api/v1/alerts`)).json();
    expect(active).toMatchObject({ data: { alerts: [] } });
    expect(await metric('loki_prometheus_notifications_sent_total', first.url)).toBeGreaterThanOrEqual(2);
  });

  test('that was away hears of what fires when it is back, and delays no other', async () => {
    expect(await metric('loki_prometheus_notifications_errors_total', String(absentPort))).toBeGreaterThan(0);
    await pushError('late');
    await eventually(first, ({ labels }) => labels['app'] === 'late');
    const second = await AlertmanagerProcess.start(absentPort);
    try {
      const keepFiring = setInterval(() => void pushError('late'), 500);
      const alert = await eventually(second, ({ labels }) => labels['app'] === 'late');
      clearInterval(keepFiring);
      expect(alert.status.state).toBe('active');
    } finally {
      await second.stop();
    }
    const log = server.log.join('');
    expect(log).toContain(`127.0.0.1:${absentPort}/api/v2/alerts`);
    expect(log).not.toContain('secret');
  });
});
