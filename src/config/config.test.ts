import { describe, expect, test } from 'vitest';
import { loadConfig } from './config.ts';
import { printConfig } from './print-config.ts';

const load = (
  text: string,
  flags: Record<string, string | boolean> = {},
  environment: Record<string, string> | null = null,
) => loadConfig({ file: 'skald.yaml', text, flags, environment }).config;

test('everything has a default', () => {
  const config = load('');
  expect(config.server.http_listen_port).toBe(3100);
  expect(config.auth_enabled).toBe(false);
  expect(config.ingester.max_chunk_age).toBe(7_200_000);
  expect(config.limits_config.max_line_size).toBe(262_144);
});

test('flags win over the file', () => {
  const config = load('server: {http_listen_port: 1}', { 'server.http-listen-port': '2', 'auth.enabled': true });
  expect([config.server.http_listen_port, config.auth_enabled]).toEqual([2, true]);
  expect(() => load('', { 'server.http-listen-port': 'x' })).toThrow(
    'flag -server.http-listen-port: "x" is not a number',
  );
});

test("units are Loki's", () => {
  const { limits_config: limits } = load(
    'limits_config: {max_line_size: 1MB, max_query_length: 30d1h, query_timeout: 1.5s}',
  );
  expect([limits.max_line_size, limits.max_query_length, limits.query_timeout]).toEqual([2 ** 20, 2_595_600_000, 1500]);
});

test('what is printed can be read back', () => {
  const config = load('limits_config: {max_line_size: 100KB, query_timeout: 90s}\nserver: {log_level: debug}');
  const text = printConfig(config);
  expect(text).toContain('max_line_size: 100KB');
  expect(text).toContain('query_timeout: 1m30s');
  expect(load(text)).toEqual(config);
});

test('secrets are not printed', () => {
  const client = `{url: 'http://me:hush@x/write', headers: {X-Key: hush}, basic_auth: {password: hush}}`;
  const text = `ruler: {alertmanager_url: 'http://me:hush@a:1,http://b:2', remote_write: {enabled: true, clients: {a: ${client}}}}
limits_config: {ruler_alertmanager_config: {alertmanager_url: 'https://me:hush@c'}}
query_range: {results_cache: {cache: {redis: {endpoint: 'a:1', password: hush}}}}`;
  const config = load(text);
  const printedText = printConfig(config);
  expect(printedText).not.toContain('hush');
  expect(printedText).toContain('alertmanager_url: http://me:********@a:1,http://b:2\n');
  expect(printedText).toContain('X-Key: "********"');
  expect(config.ruler.remote_write.clients['a']).toMatchObject({
    url: 'http://me:hush@x/write',
    headers: { 'X-Key': 'hush' },
  });
  expect(config.ruler.remote_write.clients['a']?.basic_auth?.password).toBe('hush');
  expect(config.query_range.results_cache.cache.redis.password).toBe('hush');
});

test('environment variables are expanded on request', () => {
  expect(load('server: {http_listen_port: ${PORT}}', {}, { PORT: '7' }).server.http_listen_port).toBe(7);
  expect(load('server: {log_level: ${LEVEL:warn}}', {}, {}).server.log_level).toBe('warn');
  expect(load('server: {log_level: ${LEVEL:-warn}}', {}, {}).server.log_level).toBe('warn');
});

describe('mistakes have file, line and column', () => {
  test.each([
    ['nope: 1', 'skald.yaml:1:1: unknown key "nope"'],
    ['server:\n  a: 1\n  b: 2', 'skald.yaml:2:3: unknown key "server.a"; skald.yaml:3:3: unknown key "server.b"'],
    ['server:\n  http_listen_port: 70000', 'skald.yaml:2:3: server.http_listen_port: '],
    [
      'limits_config:\n  query_timeout: fast',
      'skald.yaml:2:3: limits_config.query_timeout: not a valid duration string: "fast"',
    ],
    ['limits_config:\n  max_line_size: big', 'skald.yaml:2:3: limits_config.max_line_size: not a valid size: "big"'],
    ['a: 1\na: 2', 'skald.yaml:2:1: Map keys must be unique'],
    ['[]', 'skald.yaml: document: '],
  ])('%j', (text, message) => expect(() => load(text)).toThrow(message));
});
