import { describe, expect, test } from 'vitest';
import { ServerForTests } from '../support/server-for-tests.ts';

/** Whoever sends too much can read why: the answer comes when the body has ended, not while the client still writes. */

const MB = 2 ** 20;
const server = new ServerForTests();

async function post(
  path: string,
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
): Promise<[number, string]> {
  const response = await fetch(server.url + path, { method: 'POST', body, duplex: 'half' });
  return [response.status, await response.text()];
}

function stream(bytes: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent >= bytes) return controller.close();
      controller.enqueue(new Uint8Array(64 * 1024));
      sent += 64 * 1024;
    },
  });
}

describe.each([
  ['/loki/api/v1/rules/ns', 12 * MB, 10],
  ['/loki/api/v1/query_range', 12 * MB, 10],
  ['/loki/api/v1/push', 130 * MB, 3],
])('%s', (path, tooMuch, times) => {
  test('with a length', async () => {
    const body = new Uint8Array(tooMuch);
    for (let i = 0; i < times; i++) expect((await post(path, body))[0]).toBe(413);
  });

  test('in chunks', async () => {
    for (let i = 0; i < times; i++) expect((await post(path, stream(tooMuch)))[0]).toBe(413);
  });
});
