import { describe, expect, test } from 'vitest';
import { jsonPush, protobufPush, rowsOf } from '../../test/support/push-encoder.ts';
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
