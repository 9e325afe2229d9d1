import { describe, expect, test } from 'vitest';
import { encodePushRequest, jsonPush, protobufPush, rowsOf } from '../../test/support/push-encoder.ts';
import { NOW_NS, testClock, testDecoder } from '../../test/support/push-decoder.ts';
import { httpStatusOf } from '../../src/common/errors.ts';
import type { IngestLimits } from '../ingest-limits.ts';
import type { PushOutcome } from './push-builder.ts';

const NOW = String(NOW_NS);
const long = (length: number, char = 'x') => char.repeat(length);
const push = (changes: Partial<IngestLimits>, body: unknown): PushOutcome =>
  testDecoder(changes).decode(jsonPush(body));
const stream = (labels: Record<string, unknown>, ...values: unknown[]) => ({ streams: [{ stream: labels, values }] });

function answer(outcome: PushOutcome): [status: number, text: string] {
  return outcome.error === null ? [204, ''] : [httpStatusOf(outcome.error), outcome.error.message];
}

describe('answers, as recorded from Loki', () => {
  const longName = long(1025, 'n');
  test.each<[string, string, number, string]>([
    ['ok', `{"streams":[{"stream":{"app":"push"},"values":[["${NOW}","hello"]]}]}`, 204, ''],
    ['empty object', '{}', 422, 'error at least one valid stream is required for ingestion'],
    ['empty body', '', 400, 'EOF'],
    ['no values', '{"streams":[{"stream":{"app":"push"},"values":[]}]}', 204, ''],
    [
      'bad label name',
      `{"streams":[{"stream":{"bad-name":"x"},"values":[["${NOW}","x"]]}]}`,
      400,
      "couldn't parse labels: 1:5: parse error: unexpected character inside braces: '-'",
    ],
    ['empty label value', `{"streams":[{"stream":{"app":"push","empty":""},"values":[["${NOW}","x"]]}]}`, 204, ''],
    [
      'long label name',
      `{"streams":[{"stream":{"app":"push","${longName}":"x"},"values":[["${NOW}","x"]]}]}`,
      400,
      `stream '{app="push", ${longName}="x", service_name="push"}' has label name too long: '${longName}'`,
    ],
    ['numeric label', `{"streams":[{"stream":{"app":5},"values":[["${NOW}","x"]]}]}`, 204, ''],
    [
      'text timestamp',
      '{"streams":[{"stream":{"app":"push"},"values":[["abc","x"]]}]}',
      400,
      'loghttp.PushRequest.Streams: []loghttp.LogProtoStream: unmarshalerDecoder: Value looks like Number/Boolean/None, ' +
        "but can't find its end: ',' or '}' symbol, error found in #10 byte of ...|bc\",\"x\"]]}]}|..., bigger context " +
        '...|:[{"stream":{"app":"push"},"values":[["abc","x"]]}]}|...',
    ],
    [
      'metadata not object',
      '{"streams":[{"stream":{"app":"push"},"values":[["1795311684360000000","x","y"]]}]}',
      400,
      "loghttp.PushRequest.Streams: []loghttp.LogProtoStream: unmarshalerDecoder: Value looks like object, but can't " +
        'find closing \'}\' symbol, error found in #10 byte of ...|"x","y"]]}]}|..., bigger context ' +
        '...|push"},"values":[["1795311684360000000","x","y"]]}]}|...',
    ],
    [
      'metadata nested',
      '{"streams":[{"stream":{"app":"push"},"values":[["1795311684360000000","x",{"a":{"b":"c"}}]]}]}',
      400,
      "loghttp.PushRequest.Streams: []loghttp.LogProtoStream: unmarshalerDecoder: Value is string, but can't find closing " +
        '\'"\' symbol, error found in #10 byte of ...|":"c"}}]]}]}|..., bigger context ' +
        '...|es":[["1795311684360000000","x",{"a":{"b":"c"}}]]}]}|...',
    ],
    ['empty line', `{"streams":[{"stream":{"app":"push"},"values":[["${NOW}",""]]}]}`, 204, ''],
    ['reserved label', `{"streams":[{"stream":{"__name__":"x","app":"push"},"values":[["${NOW}","x"]]}]}`, 204, ''],
    [
      'label name with umlauts',
      `{"streams":[{"stream":{"größe":"x"},"values":[["${NOW}","x"]]}]}`,
      400,
      "couldn't parse labels: 1:4: parse error: unexpected character inside braces: 'ö'",
    ],
    [
      'metadata names that cannot be normalized',
      `{"streams":[{"stream":{"app":"smn"},"values":[["${NOW}","x",{"a.b":"1","ü":"4"}]]}]}`,
      500,
      'normalization for label name "ü" resulted in invalid name "_"',
    ],
    [
      'empty metadata name',
      `{"streams":[{"stream":{"app":"smn"},"values":[["${NOW}","y",{"":"1"}]]}]}`,
      500,
      'label name is empty',
    ],
  ])('%s', (_, body, status, text) => {
    const outcome = testDecoder().decode(jsonPush(body));
    expect(answer(outcome)).toEqual([status, text]);
    if (status !== 204) expect(outcome.batch).toBeNull();
  });

  test.each([
    ['text/plain', undefined, '{}', 'snappy: corrupt input'],
    ['application/x-protobuf', undefined, 'garbage', 'snappy: corrupt input'],
    ['application/json', 'br', '{}', 'Content-Encoding "br" not supported'],
    [undefined, undefined, '{}', 'mime: no media type'],
  ])('content %s %s', (contentType, contentEncoding, body, text) => {
    const outcome = testDecoder().decode({ contentType, contentEncoding, body: Buffer.from(body) });
    expect(answer(outcome)).toEqual([400, text]);
  });
});

describe('limits, as recorded from Loki', () => {
  const small: Partial<IngestLimits> = {
    max_line_size: 200,
    max_label_names_per_series: 3,
    max_label_name_length: 20,
    max_label_value_length: 30,
    reject_old_samples: true,
    reject_old_samples_max_age: 2 * 3_600_000,
    max_structured_metadata_entries_count: 3,
    max_structured_metadata_size: 100,
  };
  const line300 = `max entry size '200' bytes exceeded for stream '{app="l", service_name="l"}' while adding an entry with length '300' bytes`;
  const value31 = long(31, 'v');

  test.each<[string, unknown, string, [string, number, number][], string[]]>([
    [
      'line too long',
      stream({ app: 'l' }, [NOW, long(300)], [NOW, 'short is kept']),
      line300,
      [['line_too_long', 1, 300]],
      ['short is kept'],
    ],
    [
      'two lines too long',
      stream({ app: 'l' }, [NOW, long(300)], [NOW, long(300)]),
      `2 errors like: ${line300}`,
      [['line_too_long', 2, 600]],
      [],
    ],
    [
      'too many label names',
      stream({ a: '1', b: '2', c: '3', d: '4' }, [NOW, 'x']),
      `entry for stream '{a="1", b="2", c="3", d="4", service_name="unknown_service"}' has 4 label names; limit 3`,
      [
        ['max_label_names_per_series', 1, 1],
        ['invalid_labels', 1, 1],
      ],
      [],
    ],
    [
      'label name too long',
      stream({ nnnnnnnnnnnnnnnnnnnnn: 'v' }, [NOW, 'x']),
      `stream '{nnnnnnnnnnnnnnnnnnnnn="v", service_name="unknown_service"}' has label name too long: 'nnnnnnnnnnnnnnnnnnnnn'`,
      [
        ['label_name_too_long', 1, 1],
        ['invalid_labels', 1, 1],
      ],
      [],
    ],
    [
      'label value too long',
      stream({ app: value31 }, [NOW, 'x']),
      `stream '{app="${value31}", service_name="${value31}"}' has label value too long: '${value31}'`,
      [
        ['label_value_too_long', 1, 1],
        ['invalid_labels', 1, 1],
      ],
      [],
    ],
    [
      'too old',
      stream({ app: 'l' }, ['1795300884360000000', 'x']),
      `entry for stream '{app="l", service_name="l"}' has timestamp too old: 2026-11-21T22:41:24Z, oldest acceptable timestamp is: 2026-11-21T23:41:24Z`,
      [['greater_than_max_sample_age', 1, 1]],
      [],
    ],
    [
      'too new',
      stream({ app: 'l' }, ['1795315284360000000', 'x']),
      `entry for stream '{app="l", service_name="l"}' has timestamp too new: 2026-11-22T02:41:24Z`,
      [['too_far_in_future', 1, 1]],
      [],
    ],
    [
      'metadata too many',
      stream({ app: 'l' }, [NOW, 'x', { a: '1', b: '2', c: '3', d: '4' }]),
      `stream '{app="l", service_name="l"}' has too many structured metadata labels: '4', limit: '3'. Please see ` +
        '`limits_config.max_structured_metadata_entries_count` or contact your Loki administrator to increase it',
      [['structured_metadata_too_many', 1, 9]],
      [],
    ],
    [
      'metadata too large',
      stream({ app: 'l' }, [NOW, 'x', { a: long(150, 'y') }]),
      `stream '{app="l", service_name="l"}' has structured metadata too large: '151' bytes, limit: '100' bytes. Please ` +
        'see `limits_config.max_structured_metadata_size` or contact your Loki administrator to increase it',
      [['structured_metadata_too_large', 1, 152]],
      [],
    ],
    [
      'one bad entry of three',
      {
        streams: [
          {
            stream: { app: 'l' },
            values: [
              [NOW, 'good'],
              [NOW, long(300)],
            ],
          },
          { stream: { app: 'l2' }, values: [[NOW, 'good too']] },
        ],
      },
      line300,
      [['line_too_long', 1, 300]],
      ['good', 'good too'],
    ],
  ])('%s', (_, body, text, discarded, stored) => {
    const outcome = push(small, body);
    expect(answer(outcome)).toEqual([400, text]);
    expect(outcome.discarded.map(({ reason, samples, bytes }) => [reason, samples, bytes])).toEqual(discarded);
    expect(rowsOf(outcome.batch).map(({ line }) => line)).toEqual(stored);
  });

  test('stream limit', () => {
    const active = new Set(['l', 'l2', 's0', 's1', 's2'].map((app) => `{app="${app}", service_name="${app}"}`));
    const decoder = testDecoder({ max_global_streams_per_user: 5 }, { active });
    const outcome = decoder.decode(
      jsonPush({
        streams: [
          { stream: { app: 's2' }, values: [[NOW, 'known']] },
          { stream: { app: 's3' }, values: [[NOW, 'x']] },
        ],
      }),
    );
    expect(answer(outcome)).toEqual([
      429,
      'maximum active stream limit exceeded when trying to create stream {app="s3", service_name="s3"}, reduce the ' +
        'number of active streams (reduce labels or reduce label values), or contact your Loki administrator to see if ' +
        "the limit can be increased, user: 'fake'",
    ]);
    expect(outcome.discarded).toEqual([{ reason: 'stream_limit', samples: 1, bytes: 1 }]);
    expect(rowsOf(outcome.batch).map(({ line }) => line)).toEqual(['known']);
  });

  test('new streams of one push count too', () => {
    const streams = [1, 2, 3].map((n) => ({
      stream: { n: String(n) },
      values: [
        [NOW, 'x'],
        [NOW, 'y'],
      ],
    }));
    const outcome = push({ max_global_streams_per_user: 2 }, { streams: [...streams, ...streams] });
    expect(outcome.discarded).toEqual([{ reason: 'stream_limit', samples: 4, bytes: 4 }]);
    expect(outcome.batch?.streams).toHaveLength(2);
    expect(outcome.batch?.rowCount).toBe(8);
  });

  test('rate of a stream', () => {
    const decoder = testDecoder({ per_stream_rate_limit: 2048, per_stream_rate_limit_burst: 4096 });
    const values = Array.from({ length: 60 }, (_, i) => [
      String(1_795_311_684_110_000_000n + BigInt(i) * 1_000_000n),
      long(150, 'y'),
    ]);
    const outcome = decoder.decode(jsonPush(stream({ app: 'l' }, ...values)));
    const listed = Array.from({ length: 10 }, (_, i) => String((137 + i) / 1000).slice(1));
    const reason =
      "ignored, reason: 'Per stream rate limit exceeded (limit: 2KB/sec) while attempting to ingest for stream " +
      `'{app="l", service_name="l"}' totaling 150B, consider splitting a stream via additional labels or contact your ` +
      "Loki administrator to see if the limit can be increased',\n";
    expect(answer(outcome)).toEqual([
      429,
      listed.map((ms) => `entry with timestamp 2026-11-22 01:41:24${ms} +0000 UTC ${reason}`).join('') +
        `user 'fake', total ignored: 33 out of 60 for stream: {app="l", service_name="l"}`,
    ]);
    expect(outcome.discarded).toEqual([{ reason: 'per_stream_rate_limit', samples: 33, bytes: 4950 }]);
    expect(outcome.batch?.rowCount).toBe(27);
  });

  test('rate of a tenant: the whole push is dropped, and takes nothing from its streams', () => {
    const clock = testClock();
    const decoder = testDecoder(
      {
        ingestion_rate_mb: 0.02,
        ingestion_burst_size_mb: 0.05,
        per_stream_rate_limit: 1,
        per_stream_rate_limit_burst: 72_000,
      },
      { clock },
    );
    const values = Array.from({ length: 400 }, () => [NOW, long(180, 'z')]);
    const outcome = decoder.decode(jsonPush(stream({ app: 'l' }, ...values)));
    expect(answer(outcome)).toEqual([
      429,
      "ingestion rate limit exceeded for user fake (limit: 20971 bytes/sec) while attempting to ingest '400' lines totaling " +
        "'72000' bytes, reduce log volume or contact your Loki administrator to see if the limit can be increased",
    ]);
    expect(outcome.discarded).toEqual([{ reason: 'rate_limited', samples: 400, bytes: 72_000 }]);
    expect(outcome.batch).toBeNull();
    const part = jsonPush(stream({ app: 'l' }, ...values.slice(0, 200)));
    expect(decoder.decode(part).error).toBeNull();
    expect(decoder.decode(jsonPush(stream({ app: 'l' }, ...values.slice(0, 200)))).error?.code).toBe('rate_limited');
    clock.advance(1000);
    expect(decoder.decode(jsonPush(stream({ app: 'l' }, ...values.slice(0, 110)))).error).toBeNull();
  });

  test('metadata counts for the rate of a tenant', () => {
    const outcome = push(
      { ingestion_rate_mb: 1, ingestion_burst_size_mb: 1 / 2 ** 20 },
      stream({ app: 'l' }, [NOW, '', { ab: 'cd' }]),
    );
    expect(outcome.discarded).toEqual([{ reason: 'rate_limited', samples: 1, bytes: 4 }]);
  });
});

test('statistics count what was received', () => {
  const outcome = push({ max_line_size: 3 }, stream({ a: '1' }, [NOW, 'né'], [NOW, 'too long', { ab: 'c' }]));
  expect(outcome.statistics).toEqual({ lines: 2, lineBytes: 11, metadataBytes: 3 });
});

test('one decoder takes pushes of all kinds', () => {
  const decoder = testDecoder();
  const json = stream({ app: 'a' }, [NOW, 'tab\t"q" \u{1f680}', { trace: 't1' }]);
  const expected = rowsOf(decoder.decode(jsonPush(json)).batch);
  expect(expected).toHaveLength(1);
  const proto = [
    {
      labels: '{app="a"}',
      entries: [{ timestampNs: NOW_NS, line: 'tab\t"q" \u{1f680}', metadata: [['trace', 't1']] as const }],
    },
  ];
  expect(rowsOf(decoder.decode(jsonPush(json, 'gzip')).batch)).toEqual(expected);
  expect(rowsOf(decoder.decode(jsonPush(json, 'deflate')).batch)).toEqual(expected);
  expect(rowsOf(decoder.decode(protobufPush(proto)).batch)).toEqual(expected);
  expect(rowsOf(decoder.decode({ ...protobufPush(proto), contentEncoding: 'snappy' }).batch)).toEqual(expected);
  expect(encodePushRequest(proto).length).toBeGreaterThan(0);
});
