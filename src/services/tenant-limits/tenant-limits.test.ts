import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeRuntime } from '../../common/node-runtime.ts';
import { createLogger } from '../../common/telemetry/logger.ts';
import { Metrics } from '../../common/telemetry/metrics.ts';
import { limitsSchema, resolveLimits } from '../../config/limits.ts';
import { observeLimits } from './observe-limits.ts';
import { TenantLimits } from './tenant-limits.ts';

let directory: string;
let file: string;
let log: string[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'skald-'));
  file = path.join(directory, 'overrides.yaml');
  log = [];
});
afterEach(async () => await rm(directory, { recursive: true }));

const open = async (name = file, periodMs = 3_600_000) =>
  await TenantLimits.open({
    defaults: resolveLimits(limitsSchema.parse({}), true),
    file: name,
    periodMs,
    files: nodeRuntime.files,
    timers: nodeRuntime.timers,
    logger: createLogger({ level: 'info', format: 'logfmt', write: (line) => void log.push(line) }),
  });
const seriesOf = (limits: TenantLimits, ...tenants: string[]) =>
  tenants.map((tenant) => limits.of(tenant).max_query_series);

test('without a file every tenant has the same limits', async () => {
  const limits = await open('');
  await limits.reload();
  expect(seriesOf(limits, 'a', 'b', 'a|b')).toEqual([500, 500, 500]);
});

test('a new file is read; of several tenants the smallest limit holds', async () => {
  await writeFile(file, 'overrides: {a: {max_query_series: 3}}');
  const limits = await open();
  expect(seriesOf(limits, 'a', 'b', 'a|b', 'b|')).toEqual([3, 500, 3, 500]);
  await writeFile(file, 'overrides: {b: {max_query_series: 5}}');
  await limits.reload();
  expect(seriesOf(limits, 'a', 'b', 'a|b')).toEqual([500, 5, 5]);
  limits.close();
});

test('a file is read again by itself', async () => {
  await writeFile(file, 'overrides: {}');
  const limits = await open(file, 5);
  await writeFile(file, 'overrides: {a: {max_query_series: 3}}');
  await expect.poll(() => seriesOf(limits, 'a'), { timeout: 5000 }).toEqual([3]);
  limits.close();
});

test('a broken file keeps the limits, and is reported once until it is right', async () => {
  await writeFile(file, 'overrides: {a: {max_query_series: 3}}');
  const limits = await open();
  const metrics = new Metrics('test');
  observeLimits(limits, metrics);
  const metric = async (name: string) =>
    (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(name));

  await writeFile(file, 'overrides: {a: {max_query_series: 1}, b: {nope: 1}}');
  await limits.reload();
  await limits.reload();
  expect(seriesOf(limits, 'a')).toEqual([3]);
  expect(log.filter((line) => line.includes('level=error'))).toHaveLength(1);
  expect(log.join('')).toContain('unknown key \\"overrides.b.nope\\"');
  expect(await metric('loki_runtime_config_last_reload_successful')).toEqual([
    'loki_runtime_config_last_reload_successful 0',
  ]);

  await rm(file);
  await limits.reload();
  expect(log.join('')).toContain('ENOENT');
  expect(seriesOf(limits, 'a')).toEqual([3]);

  // The very text that is in force is right as well.
  await writeFile(file, 'overrides: {a: {max_query_series: 3}}');
  await limits.reload();
  expect(await metric('loki_runtime_config_last_reload_successful')).toEqual([
    'loki_runtime_config_last_reload_successful 1',
  ]);
  limits.close();
});

test('limits are metrics', async () => {
  await writeFile(file, 'overrides: {a: {max_query_series: 3, query_timeout: 90s}}');
  const limits = await open();
  const metrics = new Metrics('test');
  observeLimits(limits, metrics);
  const text = await metrics.registry.metrics();
  expect(text).toContain('loki_overrides{limit_name="max_query_series",user="a"} 3');
  expect(text).toContain('loki_overrides{limit_name="query_timeout",user="a"} 90');
  expect(text).toContain('loki_overrides_defaults{limit_name="max_query_series"} 500');
  limits.close();
});

test('a server does not start with a file that is wrong or missing', async () => {
  await expect(open()).rejects.toMatchObject({ code: 'bad_config' });
  await writeFile(file, 'nope: 1');
  await expect(open()).rejects.toThrow('overrides.yaml:1:1: unknown key "nope"');
});
