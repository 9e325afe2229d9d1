import { describe, expect, test } from 'vitest';
import { formatGoDuration, formatPrometheusDuration, parseGoDuration, parsePrometheusDuration } from './duration.ts';

describe('parsePrometheusDuration', () => {
  test.each([
    ['5m', 300_000_000_000n],
    ['1h30m', 5_400_000_000_000n],
    ['1d', 86_400_000_000_000n],
    ['250ms', 250_000_000n],
    ['0', 0n],
    ['0s', 0n],
  ])('%s', (text, ns) => expect(parsePrometheusDuration(text)).toBe(ns));

  test.each([
    ['', 'empty duration string'],
    ['5', 'not a valid duration string: "5"'],
    ['5x', 'unknown unit "x" in duration "5x"'],
    ['5minutes', 'unknown unit "minutes" in duration "5minutes"'],
    ['$__auto', 'not a valid duration string: "$__auto"'],
    ['1.5h', 'not a valid duration string: "1.5h"'],
    ['5m1h', 'not a valid duration string: "5m1h"'],
    ['400y', 'duration out of range'],
  ])('refuses %s', (text, message) => expect(() => parsePrometheusDuration(text)).toThrow(message));
});

test.each([
  [90_000_000_000n, '1m30s'],
  [3_600_000_000_000n, '1h'],
  [86_400_000_000_000n, '1d'],
  [90_000_000_000_000n, '1d1h'],
  [2_595_600_000_000_000n, '30d1h'],
  [604_800_000_000_000n, '1w'],
  [0n, '0s'],
  [1_500_000_000n, '1s500ms'],
])('formatPrometheusDuration(%s)', (ns, text) => expect(formatPrometheusDuration(ns)).toBe(text));

describe('parseGoDuration', () => {
  test.each([
    ['1.5s', 1_500_000_000n],
    ['100us', 100_000n],
    ['-5m', -300_000_000_000n],
    ['1h5.5m', 3_930_000_000_000n],
    ['0', 0n],
    ['.5s', 500_000_000n],
  ])('%s', (text, ns) => expect(parseGoDuration(text)).toBe(ns));

  test.each([
    ['5', 'time: missing unit in duration "5"'],
    ['x', 'time: invalid duration "x"'],
    ['', 'time: invalid duration ""'],
    ['5d', 'time: unknown unit "d" in duration "5d"'],
    ['1h.m', 'time: invalid duration "1h.m"'],
  ])('refuses %s', (text, message) => expect(() => parseGoDuration(text)).toThrow(message));
});

test.each([
  [0n, '0s'],
  [300_000_000_000n, '5m0s'],
  [3_600_000_000_000n, '1h0m0s'],
  [1_500_000_000n, '1.5s'],
  [1_500n, '1.5µs'],
  [-2_000_000n, '-2ms'],
])('formatGoDuration(%s)', (ns, text) => expect(formatGoDuration(ns)).toBe(text));
