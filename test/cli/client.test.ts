import { beforeAll, expect, test } from 'vitest';
import { push } from '../support/loki-client.ts';
import { runSkald } from '../support/run-skald.ts';
import { ServerForTests } from '../support/server-for-tests.ts';

const server = new ServerForTests();
const RANGE = ['--from', '2026-01-15T10:00:00Z', '--to', '2026-01-15T11:00:00Z'];

const skald = async (...args: string[]) => await runSkald([...args, '--addr', server.url]);

beforeAll(async () => {
  expect(
    (
      await push(server.url, { app: 'x', env: 'a' }, [
        ['1768471201000000000', 'level=error one'],
        ['1768471202000000000', 'two'],
      ])
    ).status,
  ).toBe(204);
});

test('query', async () => {
  const { stdout, code } = await skald('query', '{app="x"}', ...RANGE, '--output', 'raw', '--forward');
  expect([stdout, code]).toEqual(['level=error one\ntwo\n', 0]);
  const metric = await skald(
    'query',
    'sum(count_over_time({app="x"}[1h]))',
    '--time',
    '2026-01-15T11:00:00Z',
    '--output',
    'raw',
  );
  expect(metric.stdout).toBe('2\n');
});

test('labels and series', async () => {
  expect((await skald('labels', ...RANGE)).stdout).toBe('app\nenv\nservice_name\n');
  expect((await skald('labels', 'app', ...RANGE)).stdout).toBe('x\n');
  expect((await skald('series', '{app="x"}', ...RANGE)).stdout).toBe('{app="x", env="a", service_name="x"}\n');
});

test('explain', async () => {
  const { stdout } = await skald('explain', '--analyze', 'sum(rate({app="x"} |= "one" [1m]))', ...RANGE);
  expect(stdout).toContain('PushDownLineFilter');
  expect(stdout).toMatch(/ChunkScan .*rows \d+ → 1/);
});

test('push from standard input, read back', async () => {
  const { stderr, code } = await runSkald(
    ['push', '-', '--label', 'app=stdin', '--addr', server.url],
    'first\n\nthird',
  );
  expect([code, stderr]).toEqual([0, expect.stringContaining('-: 3 lines')]);
  expect((await skald('query', '{app="stdin"}', '--forward', '--output', 'raw')).stdout).toBe('first\n\nthird\n');
});

test('a wrong query shows its place', async () => {
  const { stderr, code } = await skald('query', '{app=x}');
  expect([stderr, code]).toEqual([
    'parse error at line 1, col 6: syntax error: unexpected IDENTIFIER, expecting STRING\n1 | {app=x}\n         ^\n',
    1,
  ]);
});

test('a server that is not there, a file that is not there', async () => {
  const away = await runSkald(['labels', '--addr', 'http://127.0.0.1:1']);
  expect([away.code, away.stderr]).toEqual([
    1,
    expect.stringMatching(/^Cannot reach http:\/\/127\.0\.0\.1:1: .*is the server running\?\n$/),
  ]);
  const missing = await skald('push', '/nonexistent.log');
  expect([missing.code, missing.stderr]).toEqual([1, 'Cannot read /nonexistent.log: no such file or directory\n']);
  const folder = await skald('push', '/tmp');
  expect([folder.code, folder.stderr]).toEqual([1, 'Cannot read /tmp: illegal operation on a directory\n']);
  const rules = await runSkald(['rules', 'check', '/nonexistent.yaml']);
  expect([rules.code, rules.stderr]).toEqual([1, 'Cannot read /nonexistent.yaml: no such file or directory\n']);
});

test.each(['127.0.0.1:3100', 'localhost:3100', 'nonsense', ''])('%j is no address of a server', async (addr) => {
  for (const command of ['labels', 'tail']) {
    const { code, stderr } = await runSkald([command, ...(command === 'tail' ? ['{app="x"}'] : []), '--addr', addr]);
    expect([code, stderr]).toEqual([
      1,
      `Cannot use the server address "${addr}": expected a URL, for example http://127.0.0.1:3100\n`,
    ]);
  }
});

test('a path in the address stays in front', async () => {
  const { code, stderr } = await runSkald(['labels', '--addr', `${server.url}/logs/`]);
  expect([code, stderr]).toEqual([1, '404 page not found\n']);
});
