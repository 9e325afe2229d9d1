import fc from 'fast-check';
import { compressSync } from 'snappy';
import { describe, expect, test } from 'vitest';
import { SkaldError } from '../../src/common/errors.ts';
import { encodePushRequest, protobufPush, rowsOf, type TestStream } from '../../test/support/push-encoder.ts';
import { testDecoder } from '../../test/support/push-decoder.ts';
import { decodeLokiProto } from './loki-proto.ts';
import type { EntrySink } from './entry-sink.ts';

/** A sink that writes down what it is given, as plain values. */
function collect(bytes: Uint8Array): TestStream[] {
  const streams: { labels: string; entries: { timestampNs: bigint; line: string; metadata: [string, string][] }[] }[] =
    [];
  let metadata: [string, string][] = [];
  const text = (start: number, end: number) => Buffer.from(bytes.subarray(start, end)).toString();
  const sink: EntrySink = {
    beginStream: (labels) => void streams.push({ labels, entries: [] }),
    beginStreamAt: (start, end) => void streams.push({ labels: text(start, end), entries: [] }),
    addMetadata: (a, b, c, d) => void metadata.push([text(a, b), text(c, d)]),
    addEntry: (seconds, nanos, start, end) => {
      const timestampNs = BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
      streams.at(-1)?.entries.push({ timestampNs, line: text(start, end), metadata });
      metadata = [];
    },
    endStream: () => undefined,
  };
  decodeLokiProto(bytes, sink);
  return streams;
}

const name = fc.stringMatching(/^[a-z][a-z_]{0,6}$/);
const entry = fc.record({
  timestampNs: fc.bigInt({ min: -(10n ** 18n), max: 1_795_311_684_360_000_000n }),
  line: fc.string({ unit: 'binary', maxLength: 300 }).filter((text) => text.isWellFormed()),
  metadata: fc.array(fc.tuple(name, fc.string({ maxLength: 20 })), { maxLength: 4 }),
});
const streams = fc.array(
  fc.record({ labels: name.map((value) => `{app="${value}"}`), entries: fc.array(entry, { maxLength: 5 }) }),
  { maxLength: 4 },
);

describe('protobuf push', () => {
  test('decodes what was encoded', () => {
    fc.assert(
      fc.property(streams, (given) => {
        expect(collect(encodePushRequest(given))).toEqual(given);
      }),
    );
  });

  test('becomes a batch of the same entries', () => {
    fc.assert(
      fc.property(streams, (given) => {
        const outcome = testDecoder().decode(protobufPush(given));
        const expected = given.flatMap(({ labels, entries }) => entries.map((item) => ({ labels, ...item })));
        const rows = rowsOf(outcome.batch);
        expect(rows.map(({ labels, timestampNs, line }) => [labels, timestampNs, line])).toEqual(
          expected.map(({ labels, timestampNs, line }) => [
            labels.replace('}', `, service_name=${labels.slice(5)}`),
            timestampNs,
            line,
          ]),
        );
        expect(rows.map(({ metadata }) => metadata)).toEqual(
          expected.map(({ metadata }) =>
            Object.fromEntries(metadata.map(([key, value]) => [key.replace(/_+/g, '_'), value])),
          ),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('labels may stand after the entries', () => {
    const usual = encodePushRequest([{ labels: '{a="1"}', entries: [{ timestampNs: 5n, line: 'x' }] }]);
    // Tag and length of the stream, then nine bytes of labels.
    const swapped = Buffer.concat([usual.subarray(0, 2), usual.subarray(11), usual.subarray(2, 11)]);
    expect(collect(swapped)).toEqual(collect(usual));
  });

  test('unknown fields of all wire types are skipped', () => {
    const usual = encodePushRequest([{ labels: '{a="1"}', entries: [{ timestampNs: 5n, line: 'x' }] }]);
    const extra = Buffer.from([0x38, 0x96, 0x01, 0x39, 1, 2, 3, 4, 5, 6, 7, 8, 0x3a, 2, 9, 9, 0x3d, 1, 2, 3, 4]);
    expect(collect(Buffer.concat([extra, usual, extra]))).toEqual(collect(usual));
  });

  test.each<[string, number[], string]>([
    ['a length beyond the end', [0x0a, 5, 1], 'at byte 2 of 3 field 1 has 5 bytes, expected at most 1'],
    ['a number cut off', [0x0a, 0x80], 'a number is cut off, expected more bytes'],
    ['a number without end', [0x38, ...Array<number>(11).fill(0x80)], 'a number has more than 10 bytes'],
    ['field number 0', [0x00, 1], 'field tag is 0'],
    ['a group', [0x13], 'field 2 has wire type 3, expected wire type 0, 1, 2 or 5'],
    ['a stream that is a number', [0x08, 1], 'field 1 has wire type 0, expected wire type 2'],
    ['a fixed number cut off', [0x39, 1, 2], 'field 7 has 2 bytes, expected 8 bytes'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => collect(Uint8Array.from(bytes))).toThrow(message);
    const request = { contentType: 'application/x-protobuf', contentEncoding: undefined };
    const outcome = testDecoder().decode({ ...request, body: compressSync(Buffer.from(bytes)) });
    expect(outcome.error?.code).toBe('bad_request');
  });

  test('refuses nanoseconds outside of a second', () => {
    const timestamp = [0x0a, 6, 0x10, 0x80, 0x94, 0xeb, 0xdc, 0x03];
    const stream = [0x0a, 2, 0x7b, 0x7d, 0x12, timestamp.length, ...timestamp];
    expect(() => collect(Uint8Array.from([0x0a, stream.length, ...stream]))).toThrow(
      'nanoseconds of a timestamp are 1000000000',
    );
  });

  test('times beyond 64-bit nanoseconds are the last that fit', () => {
    const far = [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    const stream = [0x0a, 2, 0x7b, 0x7d, 0x12, far.length + 2, 0x0a, far.length, ...far];
    expect(collect(Uint8Array.from([0x0a, stream.length, ...stream]))[0]?.entries[0]?.timestampNs).toBe(
      9_223_372_035_000_000_000n,
    );
  });

  test('a body cut anywhere is refused, or is a shorter list of whole streams', () => {
    const given: TestStream[] = ['a', 'b'].map((app) => ({
      labels: `{app="${app}"}`,
      entries: [
        { timestampNs: 1_700_000_000_123_456_789n, line: 'first line', metadata: [['k', 'v']] },
        { timestampNs: -1n, line: 'second', metadata: [] },
      ],
    }));
    const bytes = encodePushRequest(given);
    const whole = new Set([0, encodePushRequest(given.slice(0, 1)).length]);
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.slice(0, length);
      if (whole.has(length)) expect(collect(cut)).toEqual(given.slice(0, length === 0 ? 0 : 1));
      else expect(() => collect(cut), `at ${length}`).toThrow(SkaldError);
    }
  });

  test('damaged bodies never crash', () => {
    const bytes = encodePushRequest([
      {
        labels: '{app="a"}',
        entries: [{ timestampNs: 1_700_000_000_123_456_789n, line: 'x', metadata: [['k', 'v']] }],
      },
    ]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const damaged = Uint8Array.from(bytes);
          for (const [at, byte] of changes) damaged[at] = byte;
          const request = { contentType: 'application/x-protobuf', contentEncoding: undefined };
          const outcome = testDecoder().decode({ ...request, body: compressSync(Buffer.from(damaged)) });
          expect(outcome.batch !== null || outcome.error !== null || outcome.statistics.lines === 0).toBe(true);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
