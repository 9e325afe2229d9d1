import { once } from 'node:events';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { LokiOptions } from 'pino-loki';
import { getData, type LogStream } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';

const server = new ServerForTests();

const COUNT = 500;

test('from a worker thread: every line is stored once, with labels and structured metadata', async () => {
  const transport = pino.transport<LokiOptions>({
    target: 'pino-loki',
    options: {
      host: server.url,
      labels: { app: 'pino' },
      propsToLabels: ['shard'],
      structuredMetaKey: 'meta',
      batching: { interval: 1 },
    },
  }) as NodeJS.EventEmitter & { end(): void };
  const logger = pino({ level: 'debug', base: null }, transport as never);
  for (let i = 0; i < COUNT; i++) {
    logger[i % 2 === 0 ? 'info' : 'error']({ n: i, shard: `s${i % 3}`, meta: { trace_id: `t${i}` } }, `line ${i}`);
  }
  transport.end();
  await once(transport, 'close');

  const { result } = await getData<{ result: LogStream[] }>(server.url, '/loki/api/v1/query_range', {
    query: '{app="pino"} | json',
    limit: '1000',
    direction: 'forward',
  });
  const entries = result
    .flatMap(({ stream, values }) => values.map(([, line]) => ({ stream, line: JSON.parse(line) as { msg: string } })))
    .sort((a, b) => Number(a.stream['n']) - Number(b.stream['n']));
  expect(entries.map(({ line }) => line.msg)).toEqual(Array.from({ length: COUNT }, (_, i) => `line ${i}`));
  expect(entries[4]?.stream).toMatchObject({ app: 'pino', level: 'info', shard: 's1', trace_id: 't4' });
  const series = await getData<{ result: { metric: object; value: [number, string] }[] }>(
    server.url,
    '/loki/api/v1/query',
    { query: 'sum by (level) (count_over_time({app="pino"} | trace_id != "" [10m]))' },
  );
  expect(series.result.map(({ metric, value: [, count] }) => [metric, count])).toEqual([
    [{ level: 'error' }, '250'],
    [{ level: 'info' }, '250'],
  ]);
});
