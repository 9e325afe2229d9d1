import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Labels } from '../../../common/labels.ts';
import { nodeRuntime } from '../../../common/node-runtime.ts';
import { rulerSchema } from '../../../config/ruler-schema.ts';
import { ANY_ADDRESS } from '../outbound/address-policy.ts';
import type { Notification } from './notification.ts';
import { Notifier } from './notifier.ts';

/** A self-signed certificate of `alertmanager.test`, valid for a hundred years, and its key. */
const TLS = path.join(import.meta.dirname, '../testing/tls');
const CERT = path.join(TLS, 'cert.pem');
const KEY = path.join(TLS, 'key.pem');

interface Received {
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly alerts: { readonly labels: Record<string, string> }[];
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A receiver of alerts, with TLS when options are given. */
async function listen(options: https.ServerOptions | null = null): Promise<{ port: number; received: Received[] }> {
  const received: Received[] = [];
  const handler: http.RequestListener = (request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const { url, headers } = request;
      received.push({ url, authorization: headers.authorization, alerts: JSON.parse(body) as Received['alerts'] });
      response.end();
    });
  };
  const server = options === null ? http.createServer(handler) : https.createServer(options, handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, received };
}

const NOTIFICATION: Notification = {
  labels: Labels.fromRecord({ alertname: 'A' }),
  annotations: {},
  startsAtNs: 0n,
  endsAtNs: 2n ** 62n,
  isResolved: false,
  generatorUrl: '',
};

/** Sends one alert and stops. What could not be sent is in the result. */
async function sendOne(url: string, client: Record<string, unknown> = {}): Promise<string[]> {
  const problems: string[] = [];
  const notifier = await Notifier.open({
    config: rulerSchema.parse({ alertmanager_url: url, alertmanager_client: client }),
    externalLabels: { cluster: 'c' },
    policy: ANY_ADDRESS,
    clock: nodeRuntime.clock,
    timers: nodeRuntime.timers,
    files: nodeRuntime.files,
    events: {
      sent: () => undefined,
      failed: (_name, _count, reason) => problems.push(reason),
      dropped: () => undefined,
    },
  });
  notifier.send([NOTIFICATION]);
  await notifier.close();
  return problems;
}

describe('authentication', () => {
  test.each([
    [{ basic_auth_username: 'u', basic_auth_password: 'p' }, '', `Basic ${btoa('u:p')}`],
    [{}, 'me:s%40y@', `Basic ${btoa('me:s@y')}`],
    [{ credentials: 'token' }, '', 'Bearer token'],
    [{}, '', undefined],
  ])('%#', async (client, userinfo, expected) => {
    const { port, received } = await listen();
    const problems = await sendOne(`http://${userinfo}127.0.0.1:${port}/prefix/`, client);
    expect(problems).toEqual([]);
    expect(received).toEqual([
      {
        url: '/prefix/api/v2/alerts',
        authorization: expected,
        alerts: [expect.objectContaining({ labels: { alertname: 'A', cluster: 'c' } })],
      },
    ]);
  });
});

test('credentials are read from a file', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'skald-notifier-'));
  closers.push(async () => await rm(directory, { recursive: true }));
  await writeFile(path.join(directory, 'token'), 'secret\n');
  const { port, received } = await listen();
  const credentials = { credentials_file: path.join(directory, 'token'), type: 'Token' };
  expect(await sendOne(`http://127.0.0.1:${port}`, credentials)).toEqual([]);
  expect(received[0].authorization).toBe('Token secret');
});

describe('TLS', () => {
  const server = { cert: readFileSync(CERT), key: readFileSync(KEY) };

  test('a certificate of the configured authority and name is trusted', async () => {
    const { port, received } = await listen(server);
    const client = { tls_ca_path: CERT, tls_server_name: 'alertmanager.test' };
    expect(await sendOne(`https://127.0.0.1:${port}`, client)).toEqual([]);
    expect(received).toHaveLength(1);
  });

  test.each([
    ['an unknown authority', { tls_server_name: 'alertmanager.test' }, /self-signed certificate/],
    ['another name', { tls_ca_path: CERT, tls_server_name: 'other.test' }, /does not match certificate's altnames/],
  ])('%s is not', async (_, client, message) => {
    const { port, received } = await listen(server);
    expect((await sendOne(`https://127.0.0.1:${port}`, client))[0]).toMatch(message);
    expect(received).toEqual([]);
  });

  test('the check can be left out, as people do in laboratories', async () => {
    const { port } = await listen(server);
    expect(await sendOne(`https://127.0.0.1:${port}`, { tls_insecure_skip_verify: true })).toEqual([]);
  });

  test('the client shows its own certificate', async () => {
    const { port, received } = await listen({
      ...server,
      requestCert: true,
      rejectUnauthorized: true,
      ca: server.cert,
    });
    const trust = { tls_ca_path: CERT, tls_server_name: 'alertmanager.test' };
    expect(await sendOne(`https://127.0.0.1:${port}`, trust)).not.toEqual([]);
    expect(await sendOne(`https://127.0.0.1:${port}`, { ...trust, tls_cert_path: CERT, tls_key_path: KEY })).toEqual(
      [],
    );
    expect(received).toHaveLength(1);
  });

  test.each([
    [{ tls_cert_path: CERT }, 'tls_cert_path and tls_key_path must be set together'],
    [{ tls_ca_path: '/nowhere/ca.pem' }, 'Cannot read /nowhere/ca.pem'],
  ])('%j is refused', async (client, message) => {
    await expect(sendOne('https://127.0.0.1:1', client)).rejects.toThrow(message);
  });
});
