import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { BAD_RULE_FILES } from '../support/bad-rule-files.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

/** Rules through the public doors of a real server. */

vi.setConfig({ testTimeout: 120_000 });

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

async function directoryForTest(): Promise<string> {
  const { directory, remove } = await temporaryDirectory();
  cleanups.push(remove);
  return directory;
}

async function serve(directory: string, config: string): Promise<ServerProcess> {
  const file = path.join(directory, 'config.yaml');
  await writeFile(file, config);
  const server = await ServerProcess.start(path.join(directory, 'data'), [`-config.file=${file}`]);
  cleanups.push(async () => await server.stop());
  return server;
}

interface Rule {
  readonly name: string;
  readonly state?: string;
  readonly health: string;
  readonly lastError: string;
  readonly alerts?: { readonly activeAt: string; readonly labels: Record<string, string> }[];
}

interface Group {
  readonly name: string;
  readonly file: string;
  readonly rules: Rule[];
}

async function rulesOf(server: ServerProcess, tenant = 'fake'): Promise<Group[]> {
  const response = await fetch(`${server.url}/prometheus/api/v1/rules`, { headers: { 'X-Scope-OrgID': tenant } });
  return ((await response.json()) as { data: { groups: Group[] } }).data.groups;
}

async function until<T>(read: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const found = await read();
    if (found !== null && found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const post = async (server: ServerProcess, namespace: string, body: string, tenant = 'fake') =>
  await fetch(`${server.url}/loki/api/v1/rules/${namespace}`, {
    method: 'POST',
    body,
    headers: { 'X-Scope-OrgID': tenant },
  });

const group = (expr: string, more = ''): string => `name: g
interval: 1s
rules:
  - alert: A
    expr: ${expr}
    ${more}`;

/** What the alert has waited for when the process is killed. */
const WAITED_MS = 2000;

test('what an alert has waited for survives a SIGKILL', async () => {
  const directory = await directoryForTest();
  const first = await serve(directory, '');
  expect((await post(first, 'ns', group('vector(1)', 'for: 10s'))).status).toBe(202);
  const before = await until(async () => {
    const [found] = await rulesOf(first);
    return found?.rules[0]?.alerts?.[0];
  });
  const stateFile = path.join(directory, 'data/ruler/alerts/fake.json');
  await until(async () => {
    const text = await readFile(stateFile, 'utf8').catch(() => '');
    const evaluatedAt = /"evaluatedAt":"(\d+)\d{6}"/.exec(text)?.[1] ?? '0';
    return Number(evaluatedAt) - Date.parse(before.activeAt) > WAITED_MS;
  });
  await first.kill();
  const second = await serve(directory, '');
  const after = await until(async () => {
    const [found] = await rulesOf(second);
    return found?.rules[0]?.health === 'ok' && found.rules[0].alerts?.[0];
  });
  // An outage that missed evaluations does not count, what was waited for before it does.
  expect(Date.parse(after.activeAt)).toBeGreaterThanOrEqual(Date.parse(before.activeAt));
  expect(Date.now() - Date.parse(after.activeAt)).toBeGreaterThan(WAITED_MS);
  await until(async () => (await rulesOf(second))[0]?.rules[0]?.state === 'firing');
});

describe('rule files in a directory', () => {
  const write = async (directory: string, name: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), text);
  };
  const file = (...names: string[]): string =>
    `groups:\n${names.map((name) => `  - {name: ${name}, interval: 1s, rules: [{record: m, expr: vector(1)}]}\n`).join('')}`;

  test('run for their tenant, are read again, and a mistake changes nothing that runs', async () => {
    const directory = await directoryForTest();
    const rules = path.join(directory, 'rules');
    await write(rules, 't1/a.yaml', file('one'));
    await write(rules, 't2/a.yaml', file('other'));
    const server = await serve(
      directory,
      `auth_enabled: true\nruler: {poll_interval: 200ms, storage: {type: local, local: {directory: ${rules}}}}`,
    );
    const names = async (tenant: string) => (await rulesOf(server, tenant)).map(({ name }) => name);
    await until(async () => (await rulesOf(server, 't1'))[0]?.rules[0]?.health === 'ok');
    expect([await names('t1'), await names('t2'), await names('t3')]).toEqual([['one'], ['other'], []]);

    await write(rules, 't1/a.yaml', file('one', 'two'));
    await until(async () => (await names('t1')).length === 2);

    await write(rules, 't1/a.yaml', file('one', 'two').replace('name: two', 'name: two, limit: x'));
    await write(rules, 't1/b.yaml', file('three'));
    await until(async () => (await names('t1')).includes('three'));
    expect(await names('t1')).toEqual(['one', 'two', 'three']);
    expect(server.log.join('')).toContain(`${rules}/t1/a.yaml:3:24: limit: \\"x\\" is not a number`);
    expect(await names('t2')).toEqual(['other']);

    const refused = await post(server, 'ns', group('vector(1)'), 't1');
    expect([refused.status, await refused.text()]).toEqual([
      501,
      'Cannot change rules: ruler.storage.type is local, they are files of the server\n',
    ]);
  });
});

test('of files with mistakes, each is told with file, line and reason, and the good groups run', async () => {
  const directory = await directoryForTest();
  const rules = path.join(directory, 'rules/fake');
  await mkdir(rules, { recursive: true });
  for (const { name, text } of BAD_RULE_FILES) await writeFile(path.join(rules, name), text);
  const server = await serve(directory, `ruler: {storage: {type: local, local: {directory: ${path.dirname(rules)}}}}`);
  const running = BAD_RULE_FILES.filter(({ keepsGood }) => keepsGood).map(({ name }) => ({ file: name, name: 'good' }));
  const groups = await until(async () => {
    const found = await rulesOf(server);
    return found.every((group) => group.rules[0]?.health === 'ok') && found;
  });
  expect(groups.map(({ file, name }) => ({ file, name }))).toEqual(running.sort((a, b) => (a.file < b.file ? -1 : 1)));
  const log = server.log.join('').replaceAll('\\"', '"');
  for (const { name, problem } of BAD_RULE_FILES) {
    const told = log.split('\n').filter((line) => line.includes(`${rules}/${name}:`));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(problem);
  }
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('loki_ruler_config_last_reload_successful{user="fake"} 0');
});

test('without its API the ruler evaluates, and its paths are not there', async () => {
  const directory = await directoryForTest();
  const rules = path.join(directory, 'rules/fake');
  await mkdir(rules, { recursive: true });
  const group = '{name: g, interval: 1s, rules: [{record: m, expr: vector(1)}]}';
  await writeFile(path.join(rules, 'a.yaml'), `groups: [${group}]`);
  const server = await serve(
    directory,
    `ruler: {enable_api: false, storage: {type: local, local: {directory: ${path.dirname(rules)}}}}`,
  );
  for (const [method, url] of [
    ['GET', '/loki/api/v1/rules'],
    ['GET', '/loki/api/v1/rules/ns'],
    ['GET', '/loki/api/v1/rules/ns/g'],
    ['POST', '/loki/api/v1/rules/ns'],
    ['DELETE', '/loki/api/v1/rules/ns'],
    ['DELETE', '/loki/api/v1/rules/ns/g'],
    ['GET', '/api/prom/rules'],
    ['POST', '/api/prom/rules/ns'],
    ['GET', '/prometheus/api/v1/rules'],
    ['GET', '/prometheus/api/v1/alerts'],
  ] as const) {
    const { status } = await fetch(`${server.url}${url}`, { method });
    expect([method, url, status]).toEqual([method, url, 404]);
  }
  await until(async () => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    return /loki_prometheus_rule_evaluations_total\{[^}]*\} [1-9]/.test(metrics);
  });
});

describe('tenants', () => {
  let server: ServerProcess;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    const { directory, remove } = await temporaryDirectory();
    server = await ServerProcess.start(directory, ['-auth.enabled=true']);
    stop = async () => {
      await server.stop();
      await remove();
    };
  });
  afterAll(async () => await stop());

  test('see and change their own rules only', async () => {
    expect((await post(server, 'ns', group('vector(1)'), 'a')).status).toBe(202);
    expect((await post(server, 'ns', group('vector(2)'), 'b')).status).toBe(202);
    const list = async (tenant: string) =>
      await (await fetch(`${server.url}/loki/api/v1/rules`, { headers: { 'X-Scope-OrgID': tenant } })).text();
    expect(await list('a')).toContain('expr: vector(1)');
    expect(await list('b')).toContain('expr: vector(2)');
    expect(await list('c')).toBe('no rule groups found\n');
    const removed = await fetch(`${server.url}/loki/api/v1/rules/ns`, {
      method: 'DELETE',
      headers: { 'X-Scope-OrgID': 'b' },
    });
    expect(removed.status).toBe(202);
    expect(await list('a')).toContain('expr: vector(1)');
    expect(await list('b')).toBe('no rule groups found\n');
    const nobody = await fetch(`${server.url}/loki/api/v1/rules`);
    expect([nobody.status, await nobody.text()]).toEqual([401, 'no org id\n']);
  });

  test('query their own logs only', async () => {
    const line = JSON.stringify({
      streams: [{ stream: { app: 'secret' }, values: [[String(BigInt(Date.now()) * 1_000_000n), 'x']] }],
    });
    const headers = { 'X-Scope-OrgID': 'a', 'Content-Type': 'application/json' };
    expect((await fetch(`${server.url}/loki/api/v1/push`, { method: 'POST', headers, body: line })).status).toBe(204);
    for (const tenant of ['a', 'b']) {
      await post(server, 'ns', group('sum by (app) (count_over_time({app=~".+"}[1m])) > 0'), tenant);
    }
    const evaluated = async (tenant: string) =>
      await until(async () => {
        const [found] = await rulesOf(server, tenant);
        return found?.rules[0]?.health === 'ok' && found.rules[0];
      });
    expect((await evaluated('a')).alerts?.map(({ labels }) => labels['app'])).toEqual(['secret']);
    expect((await evaluated('b')).alerts).toEqual([]);
  });

  test('cannot send what is too large, too deep or outside', async () => {
    const huge = await post(server, 'ns', `# ${'x'.repeat(10 * 2 ** 20)}\n${group('vector(1)')}`);
    expect(huge.status).toBe(413);
    const deep = await post(server, 'ns', '['.repeat(400_000));
    expect([deep.status, await deep.text()]).toEqual([400, 'unable to decoded rule group\n']);
    const outside = await post(server, '..%2f..%2fetc', group('vector(1)'));
    expect([outside.status, await outside.text()]).toEqual([400, 'invalid namespace: path traversal not allowed\n']);
    const log = await post(server, 'ns', group(`'{a="b"}'`));
    expect(log.status).toBe(202);
    const rule = await until(async () => {
      const [found] = await rulesOf(server);
      return found?.rules[0]?.health === 'err' && found.rules[0];
    });
    expect(rule.lastError).toBe('rule result is not a vector or scalar');
  });

  test('filter by labels', async () => {
    await post(server, 'ns', `${group('vector(1)')}labels: {team: a}\n  - {record: b, expr: vector(1)}`, 'filter');
    const list = async (query: string) =>
      await (await fetch(`${server.url}/loki/api/v1/rules${query}`, { headers: { 'X-Scope-OrgID': 'filter' } })).text();
    expect(await list('')).toContain('record: b');
    expect(await list('?labels=team:a')).not.toContain('record: b');
    expect(await list('?labels=team:b')).toBe('no rule groups found\n');
  });
});

test('a configuration of Loki means the same here', async () => {
  const directory = await directoryForTest();
  await mkdir(path.join(directory, 'rules/fake'), { recursive: true });
  await writeFile(
    path.join(directory, 'rules/fake/a.yaml'),
    'groups: [{name: g, rules: [{record: m, expr: vector(1)}]}]',
  );
  const server = await serve(
    directory,
    `
common: {storage: {filesystem: {rules_directory: ${directory}/rules}}}
ruler:
  alertmanager_url: http://localhost:9093
  enable_alertmanager_v2: true
  enable_sharding: false
  ring: {kvstore: {store: inmemory}}
`,
  );
  expect((await rulesOf(server)).map(({ name }) => name)).toEqual(['g']);
  const services = await (await fetch(`${server.url}/services`)).text();
  expect(services).toContain('ruler => Running\n');
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  for (const name of [
    'notifications_queue_capacity{user="fake"}',
    'rule_group_rules{user="fake",rule_group="a.yaml;g"}',
  ]) {
    expect(metrics).toContain(`loki_prometheus_${name}`);
  }
});
