import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { nodeRuntime } from '../../../common/node-runtime.ts';
import { ANY_ADDRESS, publicAddresses, type AddressPolicy } from './address-policy.ts';
import { OutboundClient } from './outbound-client.ts';
import { parseOutboundUrl } from './outbound-url.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(handler: http.RequestListener): Promise<number> {
  const server = http.createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function post(url: string, policy: AddressPolicy = ANY_ADDRESS, timeoutMs = 10_000) {
  const client = new OutboundClient({ timers: nodeRuntime.timers, policy, headers: { authorization: 'Basic eA==' } });
  closers.push(() => client.close());
  return await client.post({ url: new URL(url), body: 'hello', headers: { 'content-type': 'text/plain' }, timeoutMs });
}

test('posts body and headers, and reads the answer', async () => {
  const port = await serve((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => response.writeHead(202).end(`${request.headers.authorization} ${body}`));
  });
  const { status, body } = await post(`http://localhost:${port}/x`);
  expect([status, body]).toEqual([202, 'Basic eA== hello']);
});

test('a redirect is not followed', async () => {
  let requests = 0;
  const port = await serve((_request, response) => {
    requests++;
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  const { status } = await post(`http://127.0.0.1:${port}/`);
  expect([status, requests]).toEqual([307, 1]);
});

test.each(['127.0.0.1', 'localhost', '[::1]', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]'])(
  'a tenant does not reach %s, by address or by name',
  async (host) => {
    let requests = 0;
    const port = await serve((_request, response) => {
      requests++;
      response.end();
    });
    await expect(post(`http://${host}:${port}/`, publicAddresses([]))).rejects.toThrow('it is not a public address');
    expect(requests).toBe(0);
  },
);

test('a tenant reaches what the operator allows', async () => {
  const port = await serve((_request, response) => response.end('here'));
  const { body } = await post(`http://127.0.0.1:${port}/`, publicAddresses(['127.0.0.0/8']));
  expect(body).toBe('here');
});

test('a service that does not answer is given up', async () => {
  const port = await serve(() => undefined);
  await expect(post(`http://127.0.0.1:${port}/`, ANY_ADDRESS, 50)).rejects.toThrow('no answer within 50 ms');
});

test.each(['ftp://x/', 'file:///etc/passwd', 'x', '', 'http://', 'javascript:1'])('%j is no destination', (text) =>
  expect(() => parseOutboundUrl(text, 'alertmanager_url')).toThrow('alertmanager_url: '),
);

test('what is told of a wrong URL does not have its password', () => {
  const parse = () => parseOutboundUrl('htp://user:secret@host/', 'alertmanager_url');
  expect(parse).toThrow('alertmanager_url: "htp://***@host/" is not an http or https URL');
});
