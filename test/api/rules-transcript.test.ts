import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ServerForTests } from '../support/server-for-tests.ts';
import { hasShared, sharedDirectory } from '../support/shared-material.ts';

/** The rules API and Prometheus's views, asked what Loki was asked, in the same order. */

interface Exchange {
  readonly name: string;
  readonly request: { method: string; path: string; headers?: Record<string, string>; body?: string };
  readonly response: { status: number; headers: Record<string, string>; body: unknown };
}

const FILE = 'conformance/transcripts/rules.json';
const present = hasShared(FILE);
const exchanges = present ? (JSON.parse(readFileSync(`${sharedDirectory}/${FILE}`, 'utf8')) as Exchange[]) : [];

/** Loki reads rules when its next poll comes; here a group runs from the answer on. */
const BEFORE_POLL = 'prom rules after a while';
/** Names of what differs from run to run. */
const MOMENTS = new Set(['lastEvaluation', 'evaluationTime', 'activeAt']);

const server = new ServerForTests();

const masked = (body: unknown): unknown =>
  JSON.parse(JSON.stringify(body), (key, value: unknown) => {
    if (MOMENTS.has(key)) return typeof value;
    // The group with an interval of a minute may have had its turn.
    return isInactive(value) ? { ...value, state: 'unknown', health: 'unknown' } : value;
  }) as unknown;

function isInactive(value: unknown): value is { state: string } {
  return typeof value === 'object' && value !== null && 'state' in value && value.state === 'inactive';
}

async function send({ method, path, headers, body }: Exchange['request']) {
  const response = await fetch(server.url + path, {
    method,
    headers: headers ?? {},
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), text };
}

async function pushErrors(): Promise<void> {
  const now = BigInt(Date.now()) * 1_000_000n;
  const values = Array.from({ length: 6 }, (_, i) => [String(now + BigInt(i)), `error ${i}`]);
  const { status } = await send({
    method: 'POST',
    path: '/loki/api/v1/push',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams: [{ stream: { app: 'r' }, values }] }),
  });
  expect(status).toBe(204);
}

/** Until the alert of the group with an interval of 5 seconds fires, and its recording rule has run. */
async function firing(): Promise<void> {
  for (;;) {
    const { text } = await send({ method: 'GET', path: '/prometheus/api/v1/rules?rule_group=g1' });
    if (text.includes('"state":"firing"') && !text.includes('"health":"unknown"')) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

describe.skipIf(!present)('rules', () => {
  test('the transcript has what is compared', () => expect(exchanges.length).toBeGreaterThan(30));

  test.each(exchanges.map((exchange) => [exchange.name, exchange] as const))(
    '%s',
    async (name, { request, response }) => {
      if (name === 'create') await pushErrors();
      if (name === 'prom rules') await firing();
      const answer = await send(request);
      expect(answer.status).toBe(response.status);
      if (response.status === 405) return;
      expect(answer.type).toBe(response.headers['content-type']);
      if (name === BEFORE_POLL) return;
      if (typeof response.body === 'string') expect(answer.text).toBe(response.body);
      else expect(masked(JSON.parse(answer.text))).toEqual(masked(response.body));
    },
  );
});
