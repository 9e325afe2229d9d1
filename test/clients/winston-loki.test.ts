import { expect, test } from 'vitest';
import winston from 'winston';
import LokiTransport from 'winston-loki';
import { readAll } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';

const server = new ServerForTests(['-auth.enabled=true']);

const COUNT = 500;

test.each([
  ['protobuf', false, true],
  ['json', true, true],
  ['json, each line at once', true, false],
])('%s: every line is stored once', async (name, json, batching) => {
  const failures: unknown[] = [];
  const transport = new LokiTransport({
    host: server.url,
    json,
    batching,
    interval: 1,
    labels: { app: `winston ${name}` },
    headers: { 'X-Scope-OrgID': 'team-a' },
    format: winston.format.json(),
    gracefulShutdown: false,
    replaceTimestamp: true,
    onConnectionError: (error) => failures.push(error),
  });
  const logger = winston.createLogger({ level: 'debug', transports: [transport] });
  const count = batching ? COUNT : 20;
  for (let i = 0; i < count; i++) logger.log(i % 2 === 0 ? 'info' : 'error', `line ${i} "quoted" ✓`, { request: i });
  await transport.flush();
  logger.close();
  expect(failures).toEqual([]);

  const now = BigInt(Date.now()) * 1_000_000n;
  const lines = async (level: string, tenant: string): Promise<unknown[]> => {
    const query = `{app="winston ${name}", level="${level}"}`;
    const entries = await readAll(server.url, query, now - 600_000_000_000n, now + 60_000_000_000n, tenant);
    return entries
      .map(([, line]) => JSON.parse(line) as { message: string; request: number })
      .sort((a, b) => a.request - b.request);
  };
  const expected = (level: string): unknown[] =>
    Array.from({ length: count / 2 }, (_, i) => 2 * i + (level === 'info' ? 0 : 1)).map((i) => ({
      level,
      message: `line ${i} "quoted" ✓`,
      request: i,
    }));
  expect(await lines('info', 'team-a')).toEqual(expected('info'));
  expect(await lines('error', 'team-a')).toEqual(expected('error'));
  expect(await lines('info', 'team-b')).toEqual([]);
});
