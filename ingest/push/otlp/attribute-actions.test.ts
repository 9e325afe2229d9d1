import { describe, expect, test } from 'vitest';
import { NOW_NS, testDecoder } from '../../../test/support/push-decoder.ts';
import { rowsOf } from '../../../test/support/push-encoder.ts';
import { encodeOtlpRequest, type OtlpRequest } from '../../../test/support/otlp-encoder.ts';
import { testLimits } from '../../../test/support/ingest-limits.ts';
import { limitsSchema, resolveLimits } from '../../../src/config/limits.ts';
import { AttributeActions } from './attribute-actions.ts';

describe('AttributeActions', () => {
  const actions = new AttributeActions([
    { action: 'index_label', attributes: ['a', 'b'] },
    { action: 'drop', regex: 'b|c.*' },
    { action: 'structured_metadata', attributes: ['c1'] },
    { action: 'index_label', attributes: ['d'], regex: undefined },
  ]);

  test.each([
    ['a', 'index_label'],
    ['b', 'index_label'],
    ['c1', 'drop'],
    ['cat', 'drop'],
    ['xc', 'structured_metadata'],
    ['d', 'index_label'],
    ['other', 'structured_metadata'],
  ])('%s: the first rule that fits: %s', (name, action) => {
    expect(actions.of(name)).toBe(action);
    expect(actions.of(name)).toBe(action);
  });
});

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const record = (line: string, attributes: ReturnType<typeof text>[], severityText?: string) => ({
  timeUnixNano: String(NOW_NS),
  body: { stringValue: line },
  attributes,
  ...(severityText === undefined ? {} : { severityText }),
});

/** What the records of one request become, which is the same from JSON and protobuf. */
function rowsWith(otlp: object, request: OtlpRequest) {
  const { otlp_config } = resolveLimits(limitsSchema.parse({ otlp_config: otlp }), false);
  const decode = (contentType: string, body: Uint8Array) =>
    rowsOf(testDecoder({ ...testLimits(), otlp_config }).decodeOtlp({ contentType, contentEncoding: '', body }).batch);
  const rows = decode('application/json', Buffer.from(JSON.stringify(request)));
  expect(decode('application/x-protobuf', encodeOtlpRequest(request))).toEqual(rows);
  expect(decode('application/x-protobuf', encodeOtlpRequest(request, true))).toEqual(rows);
  return rows.map(({ labels, line, metadata }) => ({ labels, line, metadata }));
}

function requestOf(logRecords: ReturnType<typeof record>[]): OtlpRequest {
  const attributes = [
    text('service.name', 's'),
    text('k8s.pod.name', 'p'),
    text('host.name', 'h'),
    text('secret', 'x'),
  ];
  const scope = { name: 'scope', attributes: [text('lib', 'l'), text('secret', 'y')] };
  return { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ scope, logRecords }] }] };
}

describe('otlp_config', () => {
  test('attributes of resources, scopes and records become labels, metadata or nothing', () => {
    const config = {
      resource_attributes: {
        attributes_config: [
          { action: 'index_label', attributes: ['host.name'] },
          { action: 'drop', regex: 'sec.*' },
        ],
      },
      scope_attributes: [{ action: 'drop', attributes: ['secret'] }],
      log_attributes: [
        { action: 'index_label', attributes: ['team'] },
        { action: 'drop', regex: 'tmp\\..+' },
      ],
    };
    const rows = rowsWith(
      config,
      requestOf([
        record('one', [text('team', 'red'), text('tmp.x', '1'), text('kept', 'k')]),
        record('two', [text('kept', 'k')]),
        record('three', [text('team', 'red')]),
        record('four', [text('team', 'blue')]),
      ]),
    );
    const labels = (team: string) => `{host_name="h", k8s_pod_name="p", service_name="s"${team}}`;
    const scope = { lib: 'l', scope_name: 'scope' };
    expect(rows).toEqual([
      { labels: labels(', team="red"'), line: 'one', metadata: { ...scope, kept: 'k' } },
      { labels: labels(''), line: 'two', metadata: { ...scope, kept: 'k' } },
      { labels: labels(', team="red"'), line: 'three', metadata: scope },
      { labels: labels(', team="blue"'), line: 'four', metadata: scope },
    ]);
  });

  test('ignore_defaults leaves only the rules of the tenant', () => {
    const config = {
      resource_attributes: {
        ignore_defaults: true,
        attributes_config: [{ action: 'index_label', attributes: ['service.name'] }],
      },
    };
    const [row] = rowsWith(config, requestOf([record('x', [])]));
    expect(row.labels).toBe('{service_name="s"}');
    expect(row.metadata).toMatchObject({ k8s_pod_name: 'p', host_name: 'h', secret: 'y' });
  });

  test('a default label cannot be dropped by a later rule, as the first that fits counts', () => {
    const config = {
      resource_attributes: { attributes_config: [{ action: 'drop', attributes: ['k8s.pod.name', 'host.name'] }] },
    };
    const [row] = rowsWith(config, requestOf([record('x', [])]));
    expect(row.labels).toBe('{k8s_pod_name="p", service_name="s"}');
    expect(row.metadata).not.toHaveProperty('host_name');
  });

  test('the severity text can be a label', () => {
    const rows = rowsWith(
      { severity_text_as_label: true },
      requestOf([record('a', [], 'WARN'), record('b', [], ''), record('c', [])]),
    );
    expect(rows.map(({ labels, metadata }) => [labels, 'severity_text' in metadata])).toEqual([
      ['{k8s_pod_name="p", service_name="s", severity_text="WARN"}', false],
      ['{k8s_pod_name="p", service_name="s"}', false],
      ['{k8s_pod_name="p", service_name="s"}', false],
    ]);
  });

  test('labels of records count towards the limit of labels', () => {
    const attributes = Array.from({ length: 20 }, (_, i) => text(`l${i}`, 'v'));
    const { otlp_config } = resolveLimits(
      limitsSchema.parse({ otlp_config: { log_attributes: [{ action: 'index_label', regex: 'l\\d+' }] } }),
      false,
    );
    const body = Buffer.from(JSON.stringify(requestOf([record('x', attributes), record('fine', [])])));
    const { error, batch } = testDecoder({ ...testLimits(), otlp_config }).decodeOtlp({
      contentType: 'application/json',
      contentEncoding: '',
      body,
    });
    expect(error?.message).toContain('has 21 label names; limit 15');
    expect(rowsOf(batch).map(({ line }) => line)).toEqual(['fine']);
  });
});

test.each([
  [{ log_attributes: [{ action: 'index_label' }] }, 'either attributes or regex must be set'],
  [{ log_attributes: [{ action: 'drop', attributes: ['a'], regex: 'b' }] }, 'either attributes or regex must be set'],
  [{ log_attributes: [{ action: 'drop', regex: '(' }] }, 'regex is not a regular expression'],
  [{ scope_attributes: [{ action: 'index_label', attributes: ['a'] }] }, 'index_label is not supported for scope'],
  [{ log_attributes: [{ action: 'keep', attributes: ['a'] }] }, 'Invalid option'],
])('%j is refused', (otlp_config, message) => {
  expect(() => limitsSchema.parse({ otlp_config })).toThrow(message);
});
