import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { uncompressSync } from 'snappy';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeRuntime } from '../../../common/node-runtime.ts';
import { remoteWriteSchema } from '../../../config/remote-write-schema.ts';
import { Receiver } from './receiver.ts';
import { SampleQueue, type QueueRecord } from './sample-queue.ts';
import { SampleSender } from './sample-sender.ts';

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
}

let directory: string;
let server: Server;
/** Bodies of requests, and what their headers were. */
let requests: { readonly text: string; readonly headers: IncomingMessage['headers'] }[];
let answerTo: (text: string) => Answer;
let events: string[];
let sender: SampleSender;
let queue: SampleQueue;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'skald-sender-'));
  requests = [];
  events = [];
  answerTo = () => ({ status: 204 });
  server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const text = (uncompressSync(body) as Buffer).toString();
      requests.push({ text, headers: request.headers });
      const { status, headers = {} } = answerTo(text);
      response.writeHead(status, headers).end(status === 204 ? '' : 'because');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await sender.close(1000);
  await queue.close();
  server.close();
  await rm(directory, { recursive: true });
});

interface Options {
  readonly maxAgeMs?: number;
  readonly queueConfig?: Record<string, unknown>;
}

async function start({ maxAgeMs = 0, queueConfig = {} }: Options = {}): Promise<void> {
  const url = `http://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}/write`;
  const config = remoteWriteSchema.parse({
    enabled: true,
    client: {
      url,
      headers: { 'X-Extra': 'x', 'X-Scope-OrgID': 'not this' },
      queue_config: { batch_send_deadline: '10ms', min_backoff: '1ms', max_backoff: '5ms', ...queueConfig },
    },
  }).client;
  if (config === undefined) throw new Error('no client');
  queue = await SampleQueue.open({ directory, files: nodeRuntime.files, maxBytes: 2 ** 30, report: () => undefined });
  sender = new SampleSender({
    queue,
    receiver: await Receiver.open(config, nodeRuntime),
    config: config.queue_config,
    maxAgeMs,
    tenant: 'team-a',
    ...nodeRuntime,
    events: {
      sent: (count) => events.push(`sent ${count}`),
      retried: (count, reason) => events.push(`retried ${count}: ${reason}`),
      failed: (count, reason) => events.push(`failed ${count}: ${reason}`),
      dropped: (count) => events.push(`dropped ${count}`),
      problem: (text) => events.push(text),
    },
  });
}

/** Each letter is a record of one sample. */
async function append(letters: string, writtenAtMs = Date.now()): Promise<void> {
  const records = [...letters].map((text): QueueRecord => ({
    payload: Buffer.from(text),
    sampleCount: 1,
    writtenAtMs,
  }));
  await queue.append(records);
  sender.appended(records.length);
}

async function until(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('records are sent together, with the headers of remote write and of the tenant', async () => {
  await start();
  await append('abc');
  await until(() => events.includes('sent 3'));
  expect(requests.map(({ text }) => text)).toEqual(['abc']);
  expect(requests[0]?.headers).toMatchObject({
    'content-encoding': 'snappy',
    'content-type': 'application/x-protobuf',
    'x-prometheus-remote-write-version': '0.1.0',
    'x-scope-orgid': 'team-a',
    'x-extra': 'x',
    authorization: `Basic ${Buffer.from('user:secret').toString('base64')}`,
  });
  await until(() => sender.pending === 0);
});

test('no request has more samples than it may', async () => {
  await start({ queueConfig: { max_samples_per_send: 2 } });
  await append('abcde');
  await until(() => requests.map(({ text }) => text).join('') === 'abcde');
  expect(requests.every(({ text }) => text.length <= 2)).toBe(true);
});

test('what fails is tried again, in order, until it is taken', async () => {
  await start();
  let failures = 3;
  answerTo = () => ({ status: failures-- > 0 ? 503 : 204 });
  await append('ab');
  await until(() => events.includes('sent 2'));
  expect(events.slice(0, 3)).toEqual(Array(3).fill('retried 2: server returned HTTP status 503: because'));
  await append('c');
  await until(() => events.includes('sent 1'));
  expect(requests.map(({ text }) => text)).toEqual(['ab', 'ab', 'ab', 'ab', 'c']);
});

test('a receiver that is gone loses nothing', async () => {
  await start();
  const { port } = server.address() as AddressInfo;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await append('ab');
  await until(() => events.some((text) => text.startsWith('retried 2: Cannot post to')));
  await append('c');
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await until(() => requests.map(({ text }) => text).join('') === 'abc');
});

test('a sample that is refused does not take others with it', async () => {
  await start();
  answerTo = (text) => ({ status: text.includes('c') ? 400 : 204 });
  await append('abcde');
  await until(() => events.includes('failed 1: server returned HTTP status 400: because'));
  await until(() => requests.at(-1)?.text === 'de');
  const taken = requests.filter(({ text }) => !text.includes('c')).map(({ text }) => text);
  expect(taken.join('')).toBe('abde');
});

test('429 is tried again, or refused where that is configured', async () => {
  await start();
  let first = true;
  answerTo = () => {
    const status = first ? 429 : 204;
    first = false;
    return { status, headers: { 'retry-after': '0' } };
  };
  await append('a');
  await until(() => events.includes('sent 1'));
  expect(events[0]).toMatch(/^retried 1: server returned HTTP status 429/);
  await sender.close(1000);
  await queue.close();
  events = [];
  await start({ queueConfig: { retry_on_http_429: false } });
  answerTo = () => ({ status: 429 });
  await append('b');
  await until(() => events.some((text) => text.startsWith('failed 1: server returned HTTP status 429')));
});

test('what has waited too long is dropped', async () => {
  await start({ maxAgeMs: 60_000 });
  await append('a', Date.now() - 120_000);
  await append('b');
  await until(() => events.includes('sent 1'));
  expect(events).toContain('dropped 1');
  expect(requests.map(({ text }) => text)).toEqual(['b']);
});

test('closing sends what waits, and leaves on disk what nobody takes', async () => {
  await start({ queueConfig: { batch_send_deadline: '1h' } });
  await append('a');
  await sender.close(1000);
  expect(requests.map(({ text }) => text)).toEqual(['a']);
  await queue.close();

  await start({ queueConfig: { batch_send_deadline: '1h' } });
  answerTo = () => ({ status: 500 });
  await append('b');
  await sender.close(1000);
  await queue.close();
  answerTo = () => ({ status: 204 });
  await start();
  await until(() => events.includes('sent 1'));
  expect(requests.at(-1)?.text).toBe('b');
});
