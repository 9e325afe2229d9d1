import { describe, expect, test } from 'vitest';
import { encodePushRequest, jsonPush, protobufPush, rowsOf } from '../../test/support/push-encoder.ts';
import { testLimits } from '../../test/support/ingest-limits.ts';
import { NOW_MS, NOW_NS, testClock, testDecoder } from '../../test/support/push-decoder.ts';
import { httpStatusOf } from '../../src/common/errors.ts';
import type { IngestLimits } from '../ingest-limits.ts';
import { PushDecoder } from './push.ts';
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

describe('limits, rules', () => {
  test('several messages are joined, equal ones counted', () => {
    const outcome = push(
      { max_line_size: 2 },
      {
        streams: [
          {
            stream: { a: '1' },
            values: [
              [NOW, 'xxx'],
              [NOW, 'xxxx'],
              [NOW, 'yyy'],
              [NOW, 'ok'],
            ],
          },
        ],
      },
    );
    const of = (length: number) =>
      `max entry size '2' bytes exceeded for stream '{a="1", service_name="unknown_service"}' while adding an entry with length '${length}' bytes`;
    expect(outcome.error?.message).toBe(`2 errors like: ${of(3)}; ${of(4)}`);
  });

  test('at most 100 messages are told apart', () => {
    const values = Array.from({ length: 250 }, (_, i) => [NOW, long(i + 3)]);
    const outcome = push({ max_line_size: 2 }, stream({ a: '1' }, ...values));
    expect(outcome.error?.message.split('; ')).toHaveLength(101);
    expect(outcome.error?.message).toMatch(/; 150 more errors$/);
  });

  test('labels without service name discovery', () => {
    const outcome = push({ discover_service_name: [] }, stream({}, [NOW, 'x']));
    expect(answer(outcome)).toEqual([400, 'error at least one label pair is required per stream']);
    expect(outcome.discarded.map(({ reason }) => reason)).toEqual(['missing_labels', 'invalid_labels']);
  });

  test('a name twice in a label text', () => {
    const outcome = testDecoder().decode(
      protobufPush([{ labels: '{a="1", b="a=", a="2"}', entries: [{ timestampNs: NOW_NS, line: 'x' }] }]),
    );
    expect(outcome.discarded[0]?.reason).toBe('duplicate_label_names');
    expect(outcome.error?.message).toContain("has duplicate label name: 'a'");
  });

  test('enforced labels', () => {
    const outcome = push({ enforced_labels: ['env', 'app', 'team'] }, stream({ app: 'l' }, [NOW, 'x']));
    expect(answer(outcome)).toEqual([
      400,
      `missing required labels 'env,team' for user 'fake' for stream '{app="l", service_name="l"}' (policy: '')`,
    ]);
    expect(outcome.discarded).toEqual([{ reason: 'missing_enforced_labels', samples: 1, bytes: 1 }]);
  });

  test('blocked ingestion', () => {
    const until = new Date(NOW_MS + 60_000).toISOString();
    const outcome = push({ block_ingestion_until: until }, stream({ app: 'l' }, [NOW, 'xy']));
    expect(outcome.status).toBe(260);
    expect(outcome.error?.message).toBe(`ingestion blocked for user 'fake' until '${until}' with status code '260'`);
    expect(outcome.discarded).toEqual([{ reason: 'blocked_ingestion', samples: 1, bytes: 2 }]);
    const over = push({ block_ingestion_until: new Date(NOW_MS - 1).toISOString() }, stream({ app: 'l' }, [NOW, 'x']));
    expect(over.error).toBeNull();
  });

  test('the edges of the accepted time', () => {
    const limits = { reject_old_samples: true, reject_old_samples_max_age: 1000, creation_grace_period: 500 };
    const values = [NOW_NS - 1_000_000_001n, NOW_NS - 1_000_000_000n, NOW_NS + 500_000_000n, NOW_NS + 500_000_001n];
    const outcome = push(limits, stream({ a: '1' }, ...values.map((ns) => [String(ns), String(ns)])));
    expect(rowsOf(outcome.batch).map(({ timestampNs }) => timestampNs)).toEqual(values.slice(1, 3));
    expect(outcome.discarded.map(({ reason }) => reason)).toEqual(['greater_than_max_sample_age', 'too_far_in_future']);
  });

  test('old entries are stored unless they are to be rejected', () => {
    expect(push({}, stream({ a: '1' }, ['-5', 'x'], ['0', 'y'])).batch?.timestamp.slice(0, 2)).toEqual(
      BigInt64Array.of(-5n, 0n),
    );
  });

  test('metadata that is not allowed', () => {
    const outcome = push(
      { allow_structured_metadata: false },
      stream({ a: '1' }, [NOW, 'x', { b: 'c' }], [NOW, 'y', {}]),
    );
    expect(outcome.discarded).toEqual([{ reason: 'disallowed_structured_metadata', samples: 1, bytes: 3 }]);
    expect(rowsOf(outcome.batch).map(({ line }) => line)).toEqual(['y']);
  });

  test('more metadata than any entry may have', () => {
    const metadata = Object.fromEntries(Array.from({ length: 4097 }, (_, i) => [`n${i % 4000}_${i}`, '']));
    const outcome = push(
      { max_structured_metadata_entries_count: 0, max_structured_metadata_size: 0 },
      stream({ a: '1' }, [NOW, 'x', metadata], [NOW, 'y']),
    );
    expect(outcome.error?.message).toContain("too many structured metadata labels: '4097', limit: '4096'");
    expect(rowsOf(outcome.batch).map(({ line }) => line)).toEqual(['y']);
  });

  test('long lines are truncated on request', () => {
    const outcome = push(
      { max_line_size: 8, max_line_size_truncate: true, max_line_size_truncate_identifier: '...' },
      stream({ a: '1' }, [NOW, 'abcdefghijkl'], [NOW, 'abcdefgh'], [NOW, 'ab日本語日本語']),
    );
    expect(outcome.error).toBeNull();
    expect(rowsOf(outcome.batch).map(({ line }) => line)).toEqual(['abcde...', 'abcdefgh', 'ab日...']);
    expect(outcome.mutated).toEqual([{ reason: 'line_too_long', samples: 2, bytes: 4 + 12 }]);
  });

  test('equal timestamps are told apart on request', () => {
    const changes = { increment_duplicate_timestamp: true };
    const outcome = push(
      changes,
      stream({ a: '1' }, ['5', 'a'], ['5', 'b'], ['5', 'b'], ['5', 'c'], ['999999999', 'd'], ['999999999', 'e']),
    );
    expect(rowsOf(outcome.batch).map(({ timestampNs }) => timestampNs)).toEqual([
      5n,
      6n,
      5n,
      6n,
      999_999_999n,
      1_000_000_000n,
    ]);
  });
});

describe('detected_level', () => {
  const levelOf = (labels: Record<string, string>, metadata: Record<string, string>, line = 'x', changes = {}) => {
    const [row] = rowsOf(push(changes, stream(labels, [NOW, line, metadata])).batch);
    return [row?.level, row?.metadata];
  };

  test.each<[string, Record<string, string>, Record<string, string>, string, string]>([
    ['line', {}, {}, 'level=WARN', 'warn'],
    ['no level', {}, {}, 'x', 'unknown'],
    ['stream label', { level: 'Error' }, {}, 'info line', 'error'],
    ['stream label severity', { severity: 'WARNING' }, {}, 'info line', 'warn'],
    ['unknown word in a stream label', { lvl: 'weird' }, {}, 'info line', 'weird'],
    ['first stream label of the list', { lvl: 'info', level: 'error' }, {}, '', 'error'],
    ['metadata', {}, { level: 'ERROR' }, 'info line', 'error'],
    ['metadata severity_text', {}, { severity_text: 'Debug' }, 'error line', 'debug'],
    ['metadata severity_number', {}, { severity_number: '17' }, 'x', 'error'],
    ['stream label before metadata', { level: 'info' }, { level: 'error' }, '', 'info'],
    ['first metadata of the list', {}, { lvl: 'info', level: 'error' }, '', 'error'],
    ['unknown word in metadata', {}, { level: 'notice' }, 'error', 'notice'],
    ['empty metadata', {}, { level: '' }, 'error', 'error'],
  ])('%s', (_, labels, metadata, line, level) => {
    expect(levelOf({ app: 'l', ...labels }, metadata, line)).toEqual([level, metadata]);
  });

  test('one that the client sends is normalized and becomes the level', () => {
    expect(levelOf({ level: 'info' }, { detected_level: 'Warning', a: 'b' })).toEqual(['warn', { a: 'b' }]);
    expect(levelOf({}, { 'detected.level': 'odd' })).toEqual(['odd', {}]);
  });

  test('without discovery only the client gives levels', () => {
    const off = { discover_log_levels: false };
    expect(levelOf({ level: 'error' }, { severity_number: '17' }, 'error', off)).toEqual([
      null,
      { severity_number: '17' },
    ]);
    expect(levelOf({}, { detected_level: 'Warning' }, 'error', off)).toEqual(['Warning', {}]);
  });

  test('many odd levels fail the push', () => {
    const values = Array.from({ length: 1001 }, (_, i) => [NOW, 'x', { level: `odd${i}` }]);
    expect(push({}, stream({ a: '1' }, ...values)).error?.message).toContain('more than 1000 different levels');
    expect(push({}, stream({ a: '1' }, ...values.slice(1))).error).toBeNull();
  });
});

describe('structured metadata', () => {
  test('names are normalized and sorted; of equal ones the last stays', () => {
    const metadata = {
      z: '0',
      'a.b': '1',
      a__b: '2',
      '9x': '3',
      ok_name: '5',
      __own__: '6',
      UPPER: '7',
      'sp ace': '8',
    };
    const outcome = push({}, stream({ app: 'smn' }, [NOW, 'x', metadata], [NOW, 'y', { a_b: '9', z: '' }]));
    const stored = rowsOf(outcome.batch).map((row) => Object.entries(row.metadata));
    expect(stored).toEqual([
      [
        ...[
          ['UPPER', '7'],
          ['__own__', '6'],
          ['a_b', '2'],
          ['key_9x', '3'],
          ['ok_name', '5'],
        ],
        ...[
          ['sp_ace', '8'],
          ['z', '0'],
        ],
      ],
      [
        ['a_b', '9'],
        ['z', ''],
      ],
    ]);
    expect(new Set(outcome.batch?.metadataNames).size).toBe(outcome.batch?.metadataNames.length);
  });

  test('invalid UTF-8 in values becomes spaces, in lines U+FFFD', () => {
    const json = Buffer.from(JSON.stringify(stream({ a: '1' }, [NOW, 'l_é_', { n: '_é_' }], [NOW, 'ok', { n: 'é' }])));
    for (let i = 0; i < json.length; i++) if (json[i] === 0x5f) json[i] = 0xff;
    const outcome = testDecoder().decode({ contentType: 'application/json', contentEncoding: undefined, body: json });
    expect(rowsOf(outcome.batch).map(({ line, metadata }) => [line, metadata])).toEqual([
      ['l\ufffdé\ufffd', { n: ' é ' }],
      ['ok', { n: 'é' }],
    ]);
  });

  test('a character cut between two lines is repaired in both', () => {
    const [first, second] = [Buffer.from('aé').subarray(0, 2), Buffer.from('éb').subarray(1)];
    const entries = [first, second].map((line) => ({ timestampNs: NOW_NS, line, metadata: [] }));
    const outcome = testDecoder().decode(protobufPush([{ labels: '{a="1"}', entries }]));
    expect(rowsOf(outcome.batch).map(({ line }) => line)).toEqual(['a\ufffd', '\ufffdb']);
  });

  test('too many names fail the push', () => {
    const values = Array.from({ length: 101 }, (_, row) => [
      NOW,
      'x',
      Object.fromEntries(Array.from({ length: 100 }, (__, i) => [`n${row}_${i}`, ''])),
    ]);
    expect(push({}, stream({ a: '1' }, ...values)).error?.message).toContain(
      'more than 10000 structured metadata names',
    );
  });
});

describe('streams of a batch', () => {
  test('are listed once, and only when they have entries', () => {
    const outcome = push(
      { max_line_size: 3 },
      {
        streams: [
          { stream: { a: '1' }, values: [[NOW, 'x']] },
          { stream: { empty: '1' }, values: [] },
          { stream: { bad: '1' }, values: [[NOW, 'too long']] },
          { stream: { a: '1', b: '' }, values: [[NOW, 'y']] },
        ],
      },
    );
    expect(outcome.batch?.streams.map(({ key }) => key)).toEqual(['{a="1", service_name="unknown_service"}']);
    expect(rowsOf(outcome.batch).map(({ line }) => line)).toEqual(['x', 'y']);
  });

  test('are resolved anew when limits change', () => {
    let limits = testLimits();
    const active = { count: 0, has: () => false };
    const decoder = new PushDecoder({ tenant: 'fake', clock: testClock(), limits: () => limits, active });
    const keys = () => decoder.decode(jsonPush(stream({ app: 'a' }, [NOW, 'x']))).batch?.streams.map(({ key }) => key);
    expect(keys()).toEqual(['{app="a", service_name="a"}']);
    limits = testLimits({ discover_service_name: [] });
    expect(keys()).toEqual(['{app="a"}']);
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
