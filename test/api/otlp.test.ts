import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { getData } from '../support/loki-client.ts';
import { encodeOtlpRequest, type OtlpRequest } from '../support/otlp-encoder.ts';
import { ServerForTests } from '../support/server-for-tests.ts';

const server = new ServerForTests();

async function post(body: string | Uint8Array, headers: Record<string, string>): Promise<Response> {
  return await fetch(`${server.url}/otlp/v1/logs`, { method: 'POST', body: Buffer.from(body as string), headers });
}

const NOW = BigInt(Date.now()) * 1_000_000n;

function requestFor(service: string): OtlpRequest {
  const record = (ago: bigint, line: string) => ({
    timeUnixNano: String(NOW - ago),
    severityNumber: 17,
    body: { stringValue: line },
    attributes: [{ key: 'http.status_code', value: { intValue: '500' } }],
  });
  return {
    resourceLogs: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: service } },
            { key: 'host.name', value: { stringValue: 'h1' } },
          ],
        },
        scopeLogs: [{ scope: { name: 's' }, logRecords: [record(2n, 'first'), record(1n, 'second')] }],
      },
    ],
  };
}

test.each([
  ['json', 'application/json', '', (request: OtlpRequest) => JSON.stringify(request)],
  ['proto', 'application/x-protobuf', '', (request: OtlpRequest) => encodeOtlpRequest(request)],
  ['gzip', 'application/x-protobuf', 'gzip', (request: OtlpRequest) => gzipSync(encodeOtlpRequest(request))],
])('%s is stored and found', async (service, contentType, encoding, encode) => {
  const response = await post(encode(requestFor(service)), {
    'Content-Type': contentType,
    ...(encoding === '' ? {} : { 'Content-Encoding': encoding }),
  });
  expect(response.status).toBe(204);
  expect(await response.text()).toBe('');
  const { result } = await getData<{ result: unknown }>(server.url, '/loki/api/v1/query_range', {
    query: `{service_name="${service}"} | http_status_code >= 500 | detected_level="error"`,
    direction: 'forward',
  });
  const stream = {
    detected_level: 'error',
    host_name: 'h1',
    http_status_code: '500',
    scope_name: 's',
    service_name: service,
    severity_number: '17',
  };
  expect(result).toEqual([
    {
      stream,
      values: [
        [String(NOW - 2n), 'first'],
        [String(NOW - 1n), 'second'],
      ],
    },
  ]);
});

test.each([
  ['text/plain', '{}', 400, '\x12\x29content type: text/plain is not supported'],
  ['application/x-protobuf', 'garbage', 400, '\x12\x19proto: illegal wireType 7'],
  ['application/json', '{}', 422, '\x12\x3eerror at least one valid stream is required for ingestion'],
])('%s %s: the reason is a google.rpc.Status', async (contentType, body, status, text) => {
  const response = await post(body, { 'Content-Type': contentType });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.subarray(2).toString()).toBe(text.slice(2));
  expect([bytes[0], bytes[1]]).toEqual([0x12, bytes.length - 2]);
});

test('a metadata name that cannot be stored is answered 503, not 500', async () => {
  const request = requestFor('bad');
  const [{ scopeLogs }] = request.resourceLogs;
  const records = scopeLogs[0].logRecords.map((record) => ({
    ...record,
    attributes: [{ key: 'ü', value: { stringValue: 'x' } }],
  }));
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] });
  const response = await post(body, { 'Content-Type': 'application/json' });
  expect(response.status).toBe(503);
  expect(await response.text()).toContain('normalization for label name "ü" resulted in invalid name "_"');
});

test('metrics tell OTLP from other pushes', async () => {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/loki_distributor_lines_received_total\{tenant="fake",.*format="otlp"\} 6/);
});
