import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { MemoryObjectStore } from '../../../storage/objectstore/memory-object-store.ts';
import type { RuleGroup } from './rules/rule-group.ts';
import { ObjectRuleStore } from './store/object-rule-store.ts';
import { checkAlertTemplate } from './template/template-expander.ts';
import { ManualTime, settled } from './testing/manual-time.ts';
import { groupOf, sample, setUpRuler } from './testing/ruler-setup.ts';

const MINUTE_MS = 60_000;

const alerting = (name: string, more = ''): RuleGroup =>
  groupOf(`{name: ${name}, rules: [{alert: A, expr: vector(1)${more}}]}`);

describe('groups', () => {
  test('are evaluated once each interval, rules in order, at their own times of it', async () => {
    const asked: { expr: string; timeNs: bigint }[] = [];
    const { ruler, time } = setUpRuler({
      query: async (expr, timeNs) => {
        asked.push({ expr, timeNs });
        return [];
      },
    });
    await ruler.start();
    await ruler.putGroup(
      't',
      'ns',
      groupOf('{name: g, interval: 10s, rules: [{record: a, expr: vector(1)}, {record: b, expr: vector(2)}]}'),
    );
    await time.advance(30_000);
    expect(asked.map(({ expr }) => expr)).toEqual(['1', '2', '1', '2', '1', '2'].map((n) => `vector(${n})`));
    const times = asked.map(({ timeNs }) => timeNs % 10_000_000_000n);
    expect(new Set(times).size).toBe(1);
    expect(asked[2].timeNs - asked[0].timeNs).toBe(10_000_000_000n);
    await ruler.close();
    await time.advance(MINUTE_MS);
    expect(asked).toHaveLength(6);
  });

  test('look back by query_offset, record with labels of group and rule, and end series that are gone', async () => {
    let names = ['x', 'y'];
    const { ruler, time, samples } = setUpRuler({
      query: async () => names.map((app) => sample({ app, gone: 'z' }, 5)),
    });
    await ruler.start();
    await ruler.putGroup(
      't',
      'ns',
      groupOf(
        '{name: g, query_offset: 30s, labels: {team: x, tier: "1"}, rules: [{record: m, expr: vector(1), labels: {tier: "2", gone: ""}}]}',
      ),
    );
    await time.advance(MINUTE_MS);
    names = ['x'];
    await time.advance(MINUTE_MS);
    const [first, second] = samples;
    expect(first.samples.map(({ labels, value }) => [labels.key, value])).toEqual([
      ['{__name__="m", app="x", team="x", tier="2"}', 5],
      ['{__name__="m", app="y", team="x", tier="2"}', 5],
    ]);
    expect(second.timeNs - first.timeNs).toBe(60_000_000_000n);
    expect(Number(time.nowNs() - second.timeNs) / 1e9).toBeGreaterThanOrEqual(30);
    expect(second.stale.map(({ key }) => key)).toEqual(['{__name__="m", app="y", team="x", tier="2"}']);
    await ruler.deleteGroup('t', 'ns', 'g');
    expect(samples.at(-1)?.stale).toHaveLength(1);
    await ruler.close();
  });

  test('that take too long miss evaluations, which is told and counted', async () => {
    const time = new ManualTime();
    const { ruler, metric, log } = setUpRuler({
      time,
      query: async () => {
        time.pass(3.5 * MINUTE_MS);
        return [];
      },
    });
    await ruler.start();
    await ruler.putGroup('t', 'ns', alerting('g'));
    await time.advance(MINUTE_MS);
    expect(await metric('loki_prometheus_rule_group_iterations_missed_total')).toEqual({ 't ns;g': 2 });
    expect(log.join('')).toContain('evaluations of rules were missed');
    await ruler.close();
  });

  test('that no ruler evaluated for a while say how often, at the next start', async () => {
    const first = setUpRuler();
    await first.ruler.start();
    await first.ruler.putGroup('t', 'ns', groupOf('{name: g, rules: [{record: m, expr: vector(1)}]}'));
    await first.time.advance(2 * MINUTE_MS);
    await first.ruler.close();
    first.time.pass(5 * MINUTE_MS);
    const second = setUpRuler(first);
    await second.ruler.start();
    await second.time.advance(MINUTE_MS);
    const told = second.log.filter((line) => line.includes('evaluations of rules were missed while no ruler ran'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('group=ns;g missed=5');
    // The metric of Loki's dashboards is about groups that are too slow.
    expect(await second.metric('loki_prometheus_rule_group_iterations_missed_total')).toEqual({ 't ns;g': 0 });
    await second.ruler.close();
  });

  test('whose rule fails run on: the others are evaluated, the failure is told once', async () => {
    const { ruler, time, metric, log } = setUpRuler({
      query: async (expr) => {
        if (expr === 'vector(1)') throw new Error('too many series');
        return [sample({})];
      },
    });
    await ruler.start();
    await ruler.putGroup(
      't',
      'ns',
      groupOf('{name: g, rules: [{alert: A, expr: vector(1)}, {alert: B, expr: vector(2)}]}'),
    );
    await time.advance(3 * MINUTE_MS);
    const [{ rules }] = ruler.groups('t');
    expect(rules.map(({ health, lastError, alerts }) => [health, lastError, alerts.size])).toEqual([
      ['err', 'too many series', 0],
      ['ok', '', 1],
    ]);
    expect(await metric('loki_prometheus_rule_evaluations_total')).toEqual({ 't ns;g': 6 });
    expect(await metric('loki_prometheus_rule_evaluation_failures_total')).toEqual({ 't ns;g': 3 });
    expect(log.filter((line) => line.includes('evaluating rule failed'))).toHaveLength(1);
    await ruler.close();
  });

  test('have a limit of series and of alerts', async () => {
    const { ruler, time } = setUpRuler({ query: async () => [sample({ a: '1' }), sample({ a: '2' })] });
    await ruler.start();
    await ruler.putGroup(
      't',
      'ns',
      groupOf('{name: g, limit: 1, rules: [{alert: A, expr: vector(1)}, {record: b, expr: vector(1)}]}'),
    );
    await time.advance(MINUTE_MS);
    const [{ rules }] = ruler.groups('t');
    expect(rules.map(({ lastError }) => lastError)).toEqual([
      'exceeded limit of 1 with 2 alerts',
      'exceeded limit of 1 with 2 series',
    ]);
    await ruler.close();
  });

  test('cannot make two series into one', async () => {
    const { ruler, time } = setUpRuler({ query: async () => [sample({ a: '1' }), sample({ a: '2' })] });
    await ruler.start();
    const rules = '{alert: A, expr: vector(1), labels: {a: x}}, {record: b, expr: vector(1), labels: {a: x}}';
    await ruler.putGroup('t', 'ns', groupOf(`{name: g, rules: [${rules}]}`));
    await time.advance(MINUTE_MS);
    expect(ruler.groups('t')[0].rules.map(({ lastError }) => lastError)).toEqual([
      'vector contains metrics with the same labelset after applying alert labels',
      'vector contains metrics with the same labelset after applying rule labels',
    ]);
    await ruler.close();
  });
});

describe('alerts', () => {
  test('have labels and annotations from templates', async () => {
    const { ruler, time } = setUpRuler({ query: async () => [sample({ app: 'shop', __name__: 'x' }, 7)] });
    await ruler.start();
    const more = `, labels: {who: "{{ $labels.app }}-{{ $value }}", app: ""}, annotations: {bad: "{{ template \\"x\\" }}"}`;
    await ruler.putGroup('t', 'ns', alerting('g', more));
    await time.advance(MINUTE_MS);
    const [alert] = ruler.groups('t')[0].rules[0].alerts.values();
    expect(alert.labels.toRecord()).toEqual({ alertname: 'A', who: 'shop-7' });
    expect(alert.annotations['bad']).toMatch(/^<error expanding template: .*template "x" not defined/);
    await ruler.close();
  });

  test('go on after a restart: `for` counts from before', async () => {
    const first = setUpRuler();
    await first.ruler.start();
    await first.ruler.putGroup('t', 'ns', alerting('g', ', for: 3m'));
    await first.time.advance(2 * MINUTE_MS);
    expect([...first.ruler.groups('t')[0].rules[0].alerts.values()][0].state).toBe('pending');
    await first.ruler.close();

    const second = setUpRuler(first);
    await second.ruler.start();
    await second.time.advance(2 * MINUTE_MS);
    expect([...second.ruler.groups('t')[0].rules[0].alerts.values()][0].state).toBe('firing');
    await second.ruler.close();
  });

  test('are saved while the ruler runs, for a process that is killed', async () => {
    const { ruler, time, state } = setUpRuler();
    await ruler.start();
    await ruler.putGroup('t', 'ns', alerting('g'));
    await time.advance(MINUTE_MS);
    await time.advance(2000);
    expect(JSON.parse(state.texts.get('/state/t.json') ?? '')).toMatchObject({ groups: [{ name: 'g' }] });
    await ruler.close();
  });

  test('go on when their group changes, also with another expression', async () => {
    const { ruler, time } = setUpRuler();
    await ruler.start();
    await ruler.putGroup('t', 'ns', alerting('g', ', for: 10m'));
    await time.advance(5 * MINUTE_MS);
    const since = [...ruler.groups('t')[0].rules[0].alerts.values()][0].activeAtNs;
    const changed = groupOf('{name: g, rules: [{record: r, expr: vector(9)}, {alert: A, for: 10m, expr: vector(2)}]}');
    await ruler.putGroup('t', 'ns', changed);
    await time.advance(MINUTE_MS);
    expect([...ruler.groups('t')[0].rules[1].alerts.values()][0].activeAtNs).toBe(since);
    await ruler.close();
  });

  test('go on when the interval of their group changes: that is no outage', async () => {
    const { ruler, time, log } = setUpRuler();
    await ruler.start();
    const group = (interval: string) =>
      groupOf(`{name: g, interval: ${interval}, rules: [{alert: A, for: 6h, expr: vector(1)}]}`);
    await ruler.putGroup('t', 'ns', group('2h'));
    await time.advance(4 * 60 * MINUTE_MS);
    const since = [...ruler.groups('t')[0].rules[0].alerts.values()][0].activeAtNs;
    await time.advance(110 * MINUTE_MS);
    await ruler.putGroup('t', 'ns', group('1m'));
    await time.advance(MINUTE_MS);
    expect([...ruler.groups('t')[0].rules[0].alerts.values()][0].activeAtNs).toBe(since);
    expect(log.join('')).not.toContain('while no ruler ran');
    await ruler.close();
  });
});

describe('rules in the store', () => {
  test('that others change are read at the next poll; those that did not change are not disturbed', async () => {
    const { ruler, time, store } = setUpRuler();
    await ruler.start();
    await ruler.putGroup('t', 'ns', alerting('g', ', for: 10m'));
    await time.advance(2 * MINUTE_MS);
    const before = ruler.groups('t')[0].rules[0].alerts;
    await store.putGroup('t', 'ns', alerting('h'));
    await store.putGroup('u', 'ns', alerting('g'));
    expect(ruler.groups('t')).toHaveLength(1);
    await time.advance(MINUTE_MS);
    expect(ruler.groups('t').map(({ group }) => group.name)).toEqual(['g', 'h']);
    expect([...ruler.groups('t')[0].rules[0].alerts.values()][0].activeAtNs).toBe([...before.values()][0].activeAtNs);
    expect(ruler.groups('u')).toHaveLength(1);
    await store.deleteNamespace('t', 'ns');
    await time.advance(MINUTE_MS);
    expect(ruler.groups('t')).toEqual([]);
    await ruler.close();
  });

  test('that are wrong now run on as they were, and this is told once', async () => {
    const objects = new MemoryObjectStore();
    const { ruler, time, log, metric } = setUpRuler({ store: new ObjectRuleStore(objects, checkAlertTemplate) });
    await ruler.start();
    await ruler.putGroup('t', 'ns', alerting('g'));
    const [{ key }] = await objects.list('rules/');
    await objects.put(key, [Buffer.from('name: g\nrules: [{alert: A, expr: "rate({"}]')]);
    await time.advance(3 * MINUTE_MS);
    expect(ruler.groups('t').map(({ group }) => group.name)).toEqual(['g']);
    expect(log.filter((line) => line.includes('rules have a mistake'))).toHaveLength(1);
    expect(log.join('')).toContain('ns/g:2:');
    expect(await metric('loki_ruler_config_last_reload_successful')).toEqual({ t: 0 });
    await ruler.close();
  });

  test('have limits', async () => {
    const { ruler } = setUpRuler({
      limits: () => ({ ruler_max_rules_per_rule_group: 1, ruler_max_rule_groups_per_tenant: 2 }),
    });
    await ruler.start();
    const two = groupOf('{name: g, rules: [{record: a, expr: vector(1)}, {record: b, expr: vector(1)}]}');
    await expect(ruler.putGroup('t', 'ns', two)).rejects.toThrow(
      'per-user rules per rule group limit (limit: 1 actual: 2) exceeded',
    );
    await ruler.putGroup('t', 'ns', alerting('g1'));
    await ruler.putGroup('t', 'other', alerting('g1'));
    await ruler.putGroup('t', 'ns', alerting('g1', ', for: 1m'));
    await expect(ruler.putGroup('t', 'ns', alerting('g2'))).rejects.toThrow(
      'per-user rule groups limit (limit: 2 actual: 3) exceeded',
    );
    await ruler.putGroup('u', 'ns', alerting('g2'));
    await ruler.close();
  });
});

describe('tenants', () => {
  test('have rules, alerts and queries of their own', async () => {
    const asked = new Set<string>();
    const { ruler, time, metric } = setUpRuler({
      query: async (_expr, _timeNs, tenant) => {
        asked.add(tenant);
        return [sample({ of: tenant })];
      },
    });
    await ruler.start();
    await ruler.putGroup('t', 'ns', alerting('g'));
    await ruler.putGroup('u', 'ns', alerting('g'));
    await time.advance(MINUTE_MS);
    expect(asked).toEqual(new Set(['t', 'u']));
    for (const tenant of ['t', 'u']) {
      const [{ rules }] = ruler.groups(tenant);
      expect([...rules[0].alerts.values()].map(({ labels }) => labels.get('of'))).toEqual([tenant]);
    }
    expect(ruler.groups('v')).toEqual([]);
    expect(await metric('loki_prometheus_rule_evaluations_total')).toEqual({ 't ns;g': 1, 'u ns;g': 1 });
    await ruler.close();
  });

  test('are not delayed by one whose queries do not end', async () => {
    const { ruler, time } = setUpRuler({
      query: async (_expr, _timeNs, tenant) => {
        if (tenant === 'slow') await new Promise(() => undefined);
        return [sample({})];
      },
    });
    await ruler.start();
    for (let i = 0; i < 20; i++) await ruler.putGroup('slow', 'ns', alerting(`g${i}`));
    await ruler.putGroup('quick', 'ns', alerting('g'));
    await time.advance(3 * MINUTE_MS);
    await settled();
    expect(ruler.groups('quick')[0].rules[0].health).toBe('ok');
    expect(ruler.groups('slow').every(({ rules }) => rules[0].health === 'unknown')).toBe(true);
  });

  test('do not wait for the Alertmanager that another one has no longer', async () => {
    const silent = http.createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    let alertmanager_url = `http://127.0.0.1:${port}/`;
    const { ruler, time } = setUpRuler({
      config: { allowed_private_ranges: ['127.0.0.0/8'] },
      limits: () => ({ ruler_alertmanager_config: { ...ALERTMANAGER, alertmanager_url } }),
    });
    await ruler.start();
    await ruler.putGroup('t', 'ns', alerting('g'));
    const asked = once(silent, 'request');
    await time.advance(MINUTE_MS);
    await asked;
    alertmanager_url = '';
    // Time stands still: nothing here may wait for an answer, nor for the end of the patience with it.
    await ruler.putGroup('t', 'ns', alerting('h'));
    await ruler.putGroup('u', 'ns', alerting('g'));
    expect(ruler.groups('u')).toHaveLength(1);
    const closing = ruler.close();
    await time.advance(10_000);
    await closing;
    silent.closeAllConnections();
    silent.close();
  });

  test('that name their own Alertmanager cannot reach inner services with it', async () => {
    const own = { ruler_alertmanager_config: { ...ALERTMANAGER, alertmanager_url: 'http://127.0.0.1:9/' } };
    const { ruler, time, log } = setUpRuler({ limits: () => own });
    await ruler.start();
    await ruler.putGroup('t', 'ns', alerting('g'));
    await time.advance(MINUTE_MS);
    expect(log.join('')).toContain('127.0.0.1: it is not a public address, and not in ruler.allowed_private_ranges');
    const closing = ruler.close();
    await time.advance(10_000);
    await closing;
  });
});

const ALERTMANAGER = {
  alert_relabel_configs: [],
  alertmanager_client: {
    ...{ tls_cert_path: '', tls_key_path: '', tls_ca_path: '', tls_server_name: '', tls_insecure_skip_verify: false },
    ...{ basic_auth_username: '', basic_auth_password: '', type: 'Bearer', credentials: '', credentials_file: '' },
    tls_min_version: '' as const,
  },
  notification_queue_capacity: 10,
  notification_timeout: 1000,
};
