import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD_RULE_FILES } from '../support/bad-rule-files.ts';
import { push, type PushValue } from '../support/loki-client.ts';
import { PrometheusProcess } from '../support/prometheus-process.ts';
import { prometheusProgram } from '../support/prometheus-tools.ts';
import { runSkald } from '../support/run-skald.ts';
import { Client } from '../../src/cli/client.ts';
import { httpRuleQuery } from '../../src/cli/rules/http-rule-query.ts';
import { PastSamples } from '../../src/cli/rules/past-samples.ts';
import type { RuleQuery } from '../../src/services/ruler/evaluate/rule-query.ts';
import { replayTimes } from '../../src/services/ruler/replay/replay-group.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

const files = fileURLToPath(new URL('rules', import.meta.url));
const rules = `${files}/rules.yaml`;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeAll(async () => void (temporary = await temporaryDirectory()));
afterAll(async () => await temporary.remove());

async function written(name: string, text: string): Promise<string> {
  const file = path.join(temporary.directory, name);
  await writeFile(file, text);
  return file;
}

describe('skald rules check', () => {
  test('counts what is right, and names what is wrong', async () => {
    expect(await runSkald(['rules', 'check', rules])).toMatchObject({
      code: 0,
      stdout: `${rules}: 1 groups, 2 rules\n`,
    });
    const wrong = await written('wrong.yaml', 'groups:\n  - name: g\n    rules:\n      - {alert: A, expr: "rate("}\n');
    const { code, stderr } = await runSkald(['rules', 'check', wrong]);
    expect(code).toBe(1);
    expect(stderr).toContain(`${wrong}:4:`);
  });
});

test('skald rules check names file, line and reason of every mistake, and ends with 1', async () => {
  const good = await written('good.yaml', 'groups: [{name: g, rules: [{record: m, expr: vector(1)}]}]');
  const bad = await Promise.all(BAD_RULE_FILES.map(async ({ name, text }) => await written(name, text)));
  const absent = path.join(temporary.directory, 'absent.yaml');
  const { code, stdout, stderr } = await runSkald(['rules', 'check', ...bad, good, absent]);
  expect([code, stdout]).toEqual([1, `${good}: 1 groups, 1 rules\n`]);
  const lines = stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(BAD_RULE_FILES.length + 1);
  for (const [i, { problem }] of BAD_RULE_FILES.entries()) {
    expect(lines[i]?.slice(0, (bad[i] ?? '').length)).toBe(bad[i]);
    expect(lines[i]).toMatch(/\.yaml:\d+:\d+: /);
    expect(lines[i]?.endsWith(problem)).toBe(true);
  }
  expect(lines.at(-1)).toBe(`Cannot read ${absent}: no such file or directory`);
});

describe('skald rules test', () => {
  test('what is as expected', async () => {
    const file = `${files}/passing.yaml`;
    expect(await runSkald(['rules', 'test', file])).toEqual({
      code: 0,
      stdout: `Unit Testing:  ${file}\n  SUCCESS\n`,
      stderr: '',
    });
  });

  test('what is not says what was got', async () => {
    const { code, stdout } = await runSkald(['rules', 'test', `${files}/failing.yaml`]);
    expect(code).toBe(1);
    expect(stdout).toContain('  FAILED:\n    name: what is wrong\n    alertname: ManyErrors, time: 180s\n');
    expect(stdout).toContain('exp:[\n            Labels:{alertname="ManyErrors", app="web"} Annotations:{}\n');
    expect(stdout).toContain('app="api", severity="page", team="shop"} Annotations:{summary="api had 6 errors in "}');
    expect(stdout).toContain('record: app:errors:rate1m, time: 180s\n        exp:[\n            {app="api"} 2\n');
    expect(stdout).toContain('got:[\n            {app="api", team="shop"} 0.1\n');
  });

  test.each([
    ['tests: []', ':1:1: tests: expected at least one test'],
    ['tests:\n  - alert_rule_tests: []', ':2:5: unknown key "tests.0.alert_rule_tests"'],
    [
      'tests:\n  - input_series: [{series: "{a=\\"b\\"}", entries: [{at: soon, line: x}]}]',
      'at: "soon": expected an offset',
    ],
    ['rule_files: [nope.yaml]\ntests: [{}]', 'nope.yaml'],
    ['group_eval_order: [g]\ntests: [{}]', 'group_eval_order: there is no group "g"'],
  ])('%j is refused', async (text, message) => {
    const { code, stdout, stderr } = await runSkald(['rules', 'test', await written('test.yaml', text)]);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(message);
  });
});

describe('on the logs of a server', () => {
  const END_S = Math.floor(Date.now() / 60_000) * 60;
  const START_S = END_S - 1800;
  const bounds = [`--from=${START_S}`, `--to=${END_S}`];
  let server: ServerProcess;

  /** An error each five seconds in five minutes, beginning five minutes after the start; one long before. */
  function errors(): PushValue[] {
    const burst = Array.from({ length: 60 }, (_, i): PushValue => [
      `${START_S + 300 + 5 * i}000000001`,
      `level=error ${i}`,
    ]);
    return [[`${START_S - 3000}000000000`, 'level=error'], ...burst];
  }

  beforeAll(async () => {
    server = await ServerProcess.start(path.join(temporary.directory, 'data'));
    expect((await push(server.url, { app: 'api' }, errors())).status).toBe(204);
    expect((await push(server.url, { app: 'web' }, [[`${START_S + 60}000000000`, 'level=error']])).status).toBe(204);
  });
  afterAll(async () => void (await server.stop()));

  test('skald rules backtest says when rules would have fired, and what they would have read', async () => {
    const { code, stdout, stderr } = await runSkald(['rules', 'backtest', rules, `--addr=${server.url}`, ...bounds]);
    expect([code, stderr]).toEqual([0, '']);
    const at = (seconds: number): string => new Date((START_S + seconds) * 1000).toISOString().replace('.000Z', 'Z');
    expect(stdout).toContain('group api: 61 evaluations\n');
    expect(stdout).toMatch(
      / {2}record app:errors:rate1m: \d+ samples of 2 series, read \d+\w+ of \d+ lines in 1 queries\n/,
    );
    expect(stdout).toMatch(/ {2}alert ManyErrors: fired 1 times, pending only 0 times, read/);
    // At 330 s there are six errors in the last minute; a minute later it fires. The last one is at 595 s.
    expect(stdout).toContain(
      `    ${at(390)} {app="api", severity="page", team="shop"} for 4m30s, peak 12, active since ${at(330)}\n`,
    );
  });

  test.each([
    'sum by (app) (count_over_time({app=~".+"} |= "level=error" [1m])) > 3',
    'rate({app="api"}[45s])',
    'topk(1, sum by (app) (count_over_time({app=~".+"}[10m])))',
    'count_over_time({app="api"}[5m]) or vector(0)',
    'vector(1) + 2',
    '1 + 1',
    'absent_over_time({app="web"}[2m])',
  ])('thousands of evaluations at once say what each says: %s', async (expr) => {
    const client = new Client({ addr: server.url });
    const times = replayTimes(BigInt(START_S) * 1_000_000_000n, BigInt(END_S) * 1_000_000_000n, 30_000);
    expect(times).toHaveLength(61);
    const past = new PastSamples(client);
    await past.prepare(expr, times, 30_000);
    expect(past.workOf(expr)).toMatchObject({ queries: 1 });
    const single = httpRuleQuery(client);
    const textsOf = async (query: RuleQuery, timeNs: bigint): Promise<string[]> =>
      (await query(expr, timeNs, 'fake')).map(({ labels, value }) => `${labels.key} ${value}`).sort();
    for (const timeNs of times) expect(await textsOf(past.query, timeNs)).toEqual(await textsOf(single, timeNs));
  });

  test("an interval of 0 is the one of --interval, as it is the ruler's own", async () => {
    const file = await written('zero.yaml', 'groups: [{name: z, interval: 0s, rules: [{record: m, expr: vector(1)}]}]');
    const args = ['rules', 'backtest', file, `--addr=${server.url}`, '--interval=10m', ...bounds];
    const { code, stdout } = await runSkald(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^group z: [34] evaluations\n/);
  });

  test('as JSON', async () => {
    const { stdout } = await runSkald([
      ...['rules', 'backtest', rules, `--addr=${server.url}`, '--output=json'],
      ...bounds,
    ]);
    const [record, alert] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { record?: string; alert?: string; samples?: number; episodes?: unknown[] });
    // Eleven evaluations had a line of the burst in their last minute, two the one of the other service.
    expect(record).toMatchObject({ group: 'api', record: 'app:errors:rate1m', series: 2, failures: 0, samples: 13 });
    expect(alert).toMatchObject({ alert: 'ManyErrors', episodes: [{ labels: { app: 'api' }, peak: 12 }] });
  });

  const present = prometheusProgram('prometheus') !== null;
  test.skipIf(!present)('skald rules backfill writes what would have been recorded', async () => {
    const prometheus = await PrometheusProcess.start();
    try {
      const { code, stdout, stderr } = await runSkald([
        ...['rules', 'backfill', rules, `--addr=${server.url}`, `--remote-write=${prometheus.url}/api/v1/write`],
        ...bounds,
      ]);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toBe(`13 samples written to ${prometheus.url}/api/v1/write\n`);
      const series = await prometheus.query('{__name__="app:errors:rate1m"}[1h]', END_S * 1000);
      expect(series.map(({ metric }) => metric['app'])).toEqual(['api', 'web']);
      const [api] = series;
      expect(api?.values?.map(([seconds]) => seconds - START_S)).toEqual(
        Array.from({ length: 11 }, (_, i) => 330 + 30 * i),
      );
      expect(api?.values?.[2]).toEqual([START_S + 390, '0.2']);
      // The series ends when it is not found any more.
      expect(await prometheus.query('{__name__="app:errors:rate1m"}', (START_S + 720) * 1000)).toEqual([]);
    } finally {
      await prometheus.stop();
    }
  });

  test('a receiver that is not there is told', async () => {
    const args = ['rules', 'backfill', rules, `--addr=${server.url}`, '--remote-write=http://127.0.0.1:1/x', ...bounds];
    const { code, stderr } = await runSkald(args);
    expect(code).toBe(1);
    expect(stderr).toContain('Cannot write 15 samples to http://127.0.0.1:1/x');
  });
});
