import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { compressFrameSync } from 'lz4-napi';
import { describe, expect, test } from 'vitest';
import { NOW_NS, testDecoder } from '../../../test/support/push-decoder.ts';
import { rowsOf } from '../../../test/support/push-encoder.ts';
import {
  encodeOtlpRequest,
  type OtlpKeyValue,
  type OtlpRecord,
  type OtlpRequest,
  type OtlpScope,
  type OtlpValue,
} from '../../../test/support/otlp-encoder.ts';
import type { PushOutcome } from '../push-builder.ts';

const text = (key: string, value: string): OtlpKeyValue => ({ key, value: { stringValue: value } });
const TIME = String(NOW_NS - 1_000_000_000n);

function requestOf(
  attributes: readonly OtlpKeyValue[],
  logRecords: readonly OtlpRecord[],
  scope: OtlpScope = {},
): OtlpRequest {
  return { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ scope, logRecords }] }] };
}

function decodeJson(json: unknown, changes = {}): PushOutcome {
  const body = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
  return testDecoder(changes).decodeOtlp({ contentType: 'application/json', contentEncoding: '', body });
}

function decodeProto(body: Uint8Array, contentEncoding = '', changes = {}): PushOutcome {
  return testDecoder(changes).decodeOtlp({ contentType: 'application/x-protobuf', contentEncoding, body });
}

/** The rows of a request, which are the same from JSON and from protobuf in either order of fields. */
function rowsFrom(request: OtlpRequest, changes = {}) {
  const outcome = decodeJson(request, changes);
  expect(outcome.error).toBeNull();
  const rows = rowsOf(outcome.batch);
  for (const itemsFirst of [false, true]) {
    expect(rowsOf(decodeProto(encodeOtlpRequest(request, itemsFirst), '', changes).batch)).toEqual(rows);
  }
  return rows;
}

describe('what requests become, as recorded from Loki', () => {
  test('default index attributes are labels, others metadata', () => {
    const names = [
      'service.name service.namespace service.instance.id deployment.environment deployment.environment.name',
      'cloud.region cloud.availability_zone k8s.cluster.name k8s.namespace.name k8s.pod.name k8s.container.name',
      'container.name k8s.replicaset.name k8s.deployment.name k8s.statefulset.name k8s.daemonset.name',
      'k8s.cronjob.name k8s.job.name',
    ]
      .join(' ')
      .split(' ');
    const attributes = [...names, 'host.name', 'process.pid'].map((name, i) => text(name, `v${i}`));
    const record = { timeUnixNano: TIME, severityNumber: 9, severityText: 'Information' };
    const labels = names.map((name, i) => `${name.replaceAll('.', '_')}="v${i}"`).sort();
    const request = requestOf(attributes, [{ ...record, body: { stringValue: 'all attributes' } }]);
    expect(decodeJson(request).error?.message).toContain('has 17 label names; limit 15');
    expect(rowsFrom(request, { max_label_names_per_series: 30 })).toEqual([
      {
        labels: `{${labels.join(', ')}}`,
        timestampNs: BigInt(TIME),
        line: 'all attributes',
        level: 'info',
        metadata: { host_name: 'v18', process_pid: 'v19', severity_number: '9', severity_text: 'Information' },
      },
    ]);
  });

  test('without a service name there is unknown_service', () => {
    const [row] = rowsFrom(requestOf([text('host.name', 'h1')], [{ timeUnixNano: TIME }]));
    expect(row).toMatchObject({ labels: '{service_name="unknown_service"}', metadata: { host_name: 'h1' } });
  });

  test.each([
    [[text('k8s.pod.name', 'p'), text('k8s.container.name', 'c')], 'c'],
    [[text('k8s.job.name', 'j'), text('container.name', 'c')], 'j'],
    [[text('container.name', 'c'), text('k8s.job.name', 'j')], 'c'],
    [[text('service.name', ''), text('k8s.job.name', 'j')], 'j'],
    [[text('service.name', ''), text('host.name', 'j')], 'unknown_service'],
  ])('a service name is taken from the first attribute that can give it: %#', (attributes, name) => {
    const [row] = rowsFrom(requestOf(attributes, [{ timeUnixNano: TIME }]));
    expect(row.labels).toContain(`service_name="${name}"`);
  });

  test.each([
    [1, 'trace'],
    [4, 'trace'],
    [5, 'debug'],
    [8, 'debug'],
    [9, 'info'],
    [12, 'info'],
    [13, 'warn'],
    [16, 'warn'],
    [17, 'error'],
    [20, 'error'],
    [21, 'fatal'],
    [24, 'fatal'],
    [0, 'unknown'],
  ])('severity number %d is level %s', (severityNumber, level) => {
    const record = { timeUnixNano: TIME, severityNumber, body: { stringValue: `severity ${severityNumber}` } };
    const [row] = rowsFrom(requestOf([text('service.name', 'sev')], [record]));
    expect(row.level).toBe(level);
    expect(row.metadata).toEqual(severityNumber === 0 ? {} : { severity_number: String(severityNumber) });
  });

  const pair = (key: string, value: OtlpValue): OtlpKeyValue => ({ key, value });
  const inner = { kvlistValue: { values: [text('c', 'd')] } };
  test.each<[string, OtlpValue | undefined, string]>([
    ['a string', { stringValue: 'text' }, 'text'],
    ['an integer', { intValue: '42' }, '42'],
    ['the least integer', { intValue: '-9223372036854775808' }, '-9223372036854775808'],
    ['a float', { doubleValue: 1.5 }, '1.5'],
    ['a small float', { doubleValue: 1e-7 }, '1e-7'],
    ['a boolean', { boolValue: true }, 'true'],
    ['a map', { kvlistValue: { values: [pair('b', inner), pair('a', { intValue: '1' })] } }, '{"a":1,"b":{"c":"d"}}'],
    [
      'a map with a key twice',
      { kvlistValue: { values: [text('a', '1'), text('a', '<2>')] } },
      '{"a":"\\u003c2\\u003e"}',
    ],
    ['an array', { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'x' }, {}] } }, '[1,"x",null]'],
    ['bytes', { bytesValue: 'aGVsbG8=' }, 'aGVsbG8='],
    ['an empty value', {}, ''],
    ['nothing', undefined, ''],
  ])('body: %s', (_, body, line) => {
    const record = { timeUnixNano: TIME, ...(body === undefined ? {} : { body }) };
    expect(rowsFrom(requestOf([text('service.name', 'body')], [record])).map((row) => row.line)).toEqual([line]);
  });

  test('attributes of record, resource and scope', () => {
    const deep = { kvlistValue: { values: [pair('k', { intValue: '1' })] } };
    const request = requestOf(
      [text('service.name', 'attrs'), text('res.custom', 'r1')],
      [
        {
          timeUnixNano: TIME,
          observedTimeUnixNano: '1795311673285000000',
          severityText: 'WARN',
          body: { stringValue: 'attributes' },
          attributes: [
            pair('http.status_code', { intValue: '200' }),
            pair('ratio', { doubleValue: 0.25 }),
            pair('ok', { boolValue: true }),
            text('UPPER-case name', 'u'),
            text('9digit', 'n'),
            text('a..b__c', 'runs'),
            pair('nested', { kvlistValue: { values: [text('x.y', 'z'), pair('deep', deep)] } }),
            pair('list', { arrayValue: { values: [{ stringValue: 'p' }, { intValue: '2' }] } }),
          ],
          traceId: '5b8efff798038103d269b633813fc60c',
          spanId: 'eee19b7ec3c1b174',
          flags: 1,
          droppedAttributesCount: 2,
        },
      ],
      { name: 'scope-name', version: '1.2', attributes: [text('scope.attr', 's')], droppedAttributesCount: 1 },
    );
    expect(rowsFrom(request)).toEqual([
      {
        labels: '{service_name="attrs"}',
        timestampNs: BigInt(TIME),
        line: 'attributes',
        level: 'warn',
        metadata: {
          UPPER_case_name: 'u',
          a_b_c: 'runs',
          dropped_attributes_count: '2',
          flags: '1',
          http_status_code: '200',
          key_9digit: 'n',
          list: '["p",2]',
          nested_deep_k: '1',
          nested_x_y: 'z',
          observed_timestamp: '1795311673285000000',
          ok: 'true',
          ratio: '0.25',
          res_custom: 'r1',
          scope_attr: 's',
          scope_dropped_attributes_count: '1',
          scope_name: 'scope-name',
          scope_version: '1.2',
          severity_text: 'WARN',
          span_id: 'eee19b7ec3c1b174',
          trace_id: '5b8efff798038103d269b633813fc60c',
        },
      },
    ]);
  });

  test('time: of the record, else observed, else now', () => {
    const rows = rowsFrom(requestOf([], [{ timeUnixNano: TIME }, { observedTimeUnixNano: TIME }, {}]));
    expect(rows.map(({ timestampNs }) => timestampNs)).toEqual([BigInt(TIME), BigInt(TIME), NOW_NS]);
    expect(rows.every(({ metadata }) => Object.keys(metadata).length === 0)).toBe(true);
  });

  test('ids of zeros are none', () => {
    const [row] = rowsFrom(requestOf([], [{ timeUnixNano: TIME, traceId: '0'.repeat(32), spanId: '0'.repeat(16) }]));
    expect(row.metadata).toEqual({});
  });
});

describe('refusals, as recorded from Loki', () => {
  const refused = (outcome: PushOutcome) => {
    expect(outcome.batch).toBeNull();
    return [outcome.error?.code, outcome.error?.message];
  };
  const post = (contentType: string, contentEncoding: string, body: string) =>
    testDecoder().decodeOtlp({ contentType, contentEncoding, body: Buffer.from(body) });

  test.each([
    ['text/plain', '', '{}', 'content type: text/plain is not supported'],
    [
      'application/json; charset=utf-8',
      '',
      '{"resourceLogs":[]}',
      'content type: application/json; charset=utf-8 is not supported',
    ],
    ['application/json', 'br', '{}', 'unsupported content encoding br: only gzip, lz4 and zstd are supported'],
    ['application/x-protobuf', '', 'garbage', 'proto: illegal wireType 7'],
    [
      'application/json',
      '',
      '{"resourceLogs": [',
      'ReadObject: expect { or , or } or n, but found \0, error found in #10 byte of ...|ceLogs": [|..., ' +
        'bigger context ...|{"resourceLogs": [|...',
    ],
    [
      'application/json',
      '',
      '{"resourceLogs": 5}',
      'ReadArray: expect [ or , or ] or n, but found 5, error found in #10 byte of ...|ceLogs": 5}|..., ' +
        'bigger context ...|{"resourceLogs": 5}|...',
    ],
  ])('%s %s %s', (contentType, contentEncoding, body, message) => {
    expect(refused(post(contentType, contentEncoding, body))).toEqual(['bad_request', message]);
  });

  test.each(['{}', '{"resourceLogs":null}', '{"resourceLogs":[]}', '{"resourceLogs":[{"scopeLogs":[{}]}]}'])(
    'no records: %s',
    (json) => expect(refused(decodeJson(json))[0]).toBe('no_valid_streams'),
  );

  test('ids of a wrong length', () => {
    const request = requestOf([], [{ timeUnixNano: TIME, traceId: 'abcd' }]);
    expect(refused(decodeJson(request))).toEqual(['bad_request', 'invalid length for TraceID']);
    expect(refused(decodeProto(encodeOtlpRequest(request)))).toEqual(['bad_request', 'invalid length for TraceID']);
  });

  test('limits are those of pushes', () => {
    const request = requestOf(
      [text('service.name', 'l')],
      ['short', 'x'.repeat(300)].map((line) => ({ timeUnixNano: TIME, body: { stringValue: line } })),
    );
    const outcome = decodeJson(request, { max_line_size: 200 });
    expect(outcome.error?.code).toBe('invalid_entries');
    expect(rowsOf(outcome.batch).map(({ line }) => line)).toEqual(['short']);
    expect(outcome.discarded).toMatchObject([{ reason: 'line_too_long', samples: 1 }]);
  });

  test('values nested too deeply, and more attributes than any entry may have', () => {
    let deep: OtlpValue = { stringValue: 'x' };
    for (let i = 0; i < 200; i++) deep = { arrayValue: { values: [deep] } };
    const nested = requestOf([], [{ timeUnixNano: TIME, body: deep }]);
    expect(refused(decodeJson(nested))[1]).toContain('nested deeper than 64');
    expect(refused(decodeProto(encodeOtlpRequest(nested)))[1]).toContain('nested deeper than 64');
    const many = Array.from({ length: 6000 }, (_, i) => text(`a${i}`, 'v'));
    const outcome = decodeProto(encodeOtlpRequest(requestOf(many, [{ timeUnixNano: TIME }, { timeUnixNano: TIME }])));
    expect(outcome.error?.code).toBe('invalid_entries');
    expect(outcome.batch).toBeNull();
  });
});

describe('encodings', () => {
  const body = encodeOtlpRequest(requestOf([], [{ timeUnixNano: TIME, body: { stringValue: 'x'.repeat(10_000) } }]));
  const encoders: Record<string, (bytes: Uint8Array) => Uint8Array> = {
    '': (bytes) => bytes,
    gzip: gzipSync,
    zstd: (bytes) => zstdCompressSync(bytes),
    lz4: (bytes) => compressFrameSync(Buffer.from(bytes)),
  };

  test.each(Object.keys(encoders))('"%s"', (encoding) => {
    const encoded = encoders[encoding](body);
    expect(rowsOf(decodeProto(encoded, encoding).batch)).toHaveLength(1);
    if (encoding === '') return;
    expect(decodeProto(encoded.subarray(0, encoded.length - 6), encoding).error?.code).toBe('bad_request');
    expect(decodeProto(Buffer.from('garbage'), encoding).error?.code).toBe('bad_request');
    const bodyLimits = { receivedMax: 100_000, decompressedMax: 5000 };
    const bounded = testDecoder({}, { bodyLimits });
    const push = { contentType: 'application/x-protobuf', contentEncoding: encoding, body: encoded };
    expect(bounded.decodeOtlp(push).error?.code).toBe('too_large');
  });
});

describe('anything', () => {
  const value: fc.Arbitrary<OtlpValue> = fc.letrec<{ value: OtlpValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.record({ stringValue: fc.string({ unit: 'grapheme' }) }),
      fc.record({ boolValue: fc.boolean() }),
      fc.record({ intValue: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String) }),
      // JSON has no negative zero.
      fc.record({ doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0) }),
      fc.record({ bytesValue: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')) }),
      fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
      fc.record({
        kvlistValue: fc.record({
          values: fc.array(fc.record({ key: fc.string(), value: tie('value') }), { maxLength: 3 }),
        }),
      }),
    ),
  })).value;
  const key = fc.constantFrom('service.name', 'host', 'k8s.pod.name', 'a', 'b', 'scope_name', 'ö');
  const attributes = fc.array(fc.record({ key: key.map((name) => `x${name}`), value }), { maxLength: 4 });
  const record = fc.record(
    {
      timeUnixNano: fc.bigInt(0n, 3600n * 10n ** 9n).map((ago) => String(NOW_NS - ago)),
      severityNumber: fc.integer({ min: 0, max: 30 }),
      severityText: fc.string(),
      body: value,
      attributes,
      flags: fc.nat(),
    },
    { requiredKeys: ['timeUnixNano'] },
  );
  const request = fc.record({
    resourceLogs: fc.array(
      fc.record({
        resource: fc.record({ attributes: fc.array(fc.record({ key, value }), { maxLength: 4 }) }),
        scopeLogs: fc.array(
          fc.record({ scope: fc.record({ attributes }), logRecords: fc.array(record, { maxLength: 4 }) }),
          { maxLength: 3 },
        ),
      }),
      { maxLength: 3 },
    ),
  });

  const shown = ({ batch, error }: PushOutcome) => [rowsOf(batch), error?.message];

  test('JSON and protobuf say the same', () => {
    fc.assert(
      fc.property(request, (logs) => {
        const expected = shown(decodeJson(logs));
        expect(shown(decodeProto(encodeOtlpRequest(logs)))).toEqual(expected);
        expect(shown(decodeProto(encodeOtlpRequest(logs, true)))).toEqual(expected);
      }),
    );
  });

  test('damaged bodies are refused or read, never thrown about', () => {
    fc.assert(
      fc.property(request, fc.nat(), fc.nat(255), (logs, at, byte) => {
        const proto = encodeOtlpRequest(logs);
        const json = Buffer.from(JSON.stringify(logs));
        for (const whole of [proto, json]) {
          const damaged = Uint8Array.from(whole);
          if (damaged.length > 0) damaged[at % damaged.length] = byte;
          const cut = whole.slice(0, at % (whole.length + 1));
          for (const body of [damaged, cut]) {
            const contentType = whole === proto ? 'application/x-protobuf' : 'application/json';
            const { batch, error } = testDecoder().decodeOtlp({ contentType, contentEncoding: '', body });
            expect(batch !== null || error !== null).toBe(true);
          }
        }
      }),
    );
  });
});
