import { describe, expect, test } from 'vitest';
import { defaultStep, parseBounds, parseInstantQuery, parseRangeQuery, parseTimestamp } from './params.ts';

const NOW = 1_768_471_200_000_000_000n;
const SECOND = 1_000_000_000n;
const form = (record: Record<string, string>) => new URLSearchParams(record);

describe('parseTimestamp (spec fact 1)', () => {
  test.each([
    ['1768471200', 1_768_471_200_000_000_000n],
    ['1768471200123456789', 1_768_471_200_123_456_789n],
    ['1768471200.1234', 1_768_471_200_123_000_000n],
    ['2026-01-15T10:00:00Z', 1_768_471_200_000_000_000n],
    ['2026-01-15T12:00:00.123456789+02:00', 1_768_471_200_123_456_789n],
    ['-5', -5_000_000_000n],
  ])('%s', (text, ns) => expect(parseTimestamp(text)).toBe(ns));

  test.each(['x', '1e9', '2026-01-15', '2026-13-15T10:00:00Z'])('refuses %s', (text) =>
    expect(() => parseTimestamp(text)).toThrow(`strconv.ParseInt: parsing "${text}": invalid syntax`),
  );

  // A cache that counted steps at such a time never came to the next one.
  test.each(['99999999999999999999.5', '-1.0e290', '9999-12-31T23:59:59Z', '0001-01-01T00:00:00Z'])(
    'refuses %s, for which there are no 64 bits of nanoseconds',
    (text) => expect(() => parseTimestamp(text)).toThrow(`time ${JSON.stringify(text)} is out of range`),
  );
});

describe('parseBounds (spec fact 3)', () => {
  test('the last hour by default', () => {
    expect(parseBounds(form({}), NOW)).toEqual({ startNs: NOW - 3600n * SECOND, endNs: NOW });
  });

  test('since counts from the end, or from now when the end is later', () => {
    expect(parseBounds(form({ end: '1768471000', since: '10m' }), NOW).startNs).toBe(1_768_470_400n * SECOND);
    expect(parseBounds(form({ end: '1768479999', since: '10m' }), NOW).startNs).toBe(NOW - 600n * SECOND);
  });

  test('an explicit start wins; errors name the parameter', () => {
    expect(parseBounds(form({ start: '5', since: '10m' }), NOW).startNs).toBe(5n * SECOND);
    expect(() => parseBounds(form({ since: '5' }), NOW)).toThrow(
      `could not parse 'since' parameter: not a valid duration string: "5"`,
    );
  });
});

describe('parseRangeQuery', () => {
  test('defaults', () => {
    expect(parseRangeQuery(form({}), NOW)).toMatchObject({
      limit: 100,
      direction: 'backward',
      stepNs: 14n * SECOND,
      intervalNs: 0n,
    });
  });

  test('steps are float seconds or durations, truncated to milliseconds (facts 5 and 6)', () => {
    expect(parseRangeQuery(form({ step: '0.5004' }), NOW).stepNs).toBe(500_000_000n);
    expect(parseRangeQuery(form({ step: '1h', direction: 'FORWARD' }), NOW)).toMatchObject({
      stepNs: 3600n * SECOND,
      direction: 'forward',
    });
  });

  test('11,000 points are the most (spec fact 7)', () => {
    const points = (end: string) => parseRangeQuery(form({ start: '0', end, step: '1' }), NOW);
    expect(points('11000').stepNs).toBe(SECOND);
    expect(() => points('11001')).toThrow('exceeded maximum resolution of 11,000 points');
  });
});

test('defaultStep', () => {
  expect(defaultStep(0n, 100n * SECOND)).toBe(SECOND);
  expect(defaultStep(0n, 7200n * SECOND)).toBe(28n * SECOND);
});

test('parseInstantQuery', () => {
  expect(parseInstantQuery(form({ time: '7' }), NOW)).toMatchObject({
    startNs: 7n * SECOND,
    endNs: 7n * SECOND,
    stepNs: 0n,
    instant: true,
  });
});
