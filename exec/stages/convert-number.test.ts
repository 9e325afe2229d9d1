import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBytes } from '../../src/common/bytes.ts';
import { parseGoDuration } from '../../src/common/duration.ts';
import { parseGoFloat } from '../../src/common/go-number.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import { simpleBytes, simpleDecimal, simpleDuration } from './convert-number.ts';

type Simple = (heap: Uint8Array, start: number, end: number) => number;

function convert(simple: Simple, text: string): number {
  const bytes = encodeUtf8(`9${text}9`);
  return simple(bytes, 1, bytes.length - 1);
}

/** What the slow conversion says, NaN for an error. */
function slow(parse: (text: string) => number, text: string): number {
  try {
    return parse(text);
  } catch {
    return NaN;
  }
}

/** A fast conversion either leaves the text alone or gives exactly what the slow one gives. */
function agrees(simple: Simple, parse: (text: string) => number, text: string): void {
  const value = convert(simple, text);
  if (!Number.isNaN(value)) expect(value).toBe(slow(parse, text));
}

const durationNs = (text: string) => Number(parseGoDuration(text));

describe('fast conversions', () => {
  test.each([
    ['0', 0],
    ['12', 12],
    ['-1.5', -1.5],
    ['+.25', 0.25],
    ['5.', 5],
    ['0.1', 0.1],
    ['123456789.012345', 123456789.012345],
    ['', NaN],
    ['.', NaN],
    ['-', NaN],
    ['1e3', NaN],
    ['1.2.3', NaN],
    ['1_000', NaN],
    ['12345678901234567890', NaN],
  ])('decimal %s', (text, value) => expect(convert(simpleDecimal, text)).toBe(value));

  test.each([
    ['250us', 250e3],
    ['1.5s', 1.5e9],
    ['-2h45m', -9900e9],
    ['2m3s', 123e9],
    ['.5ms', 5e5],
    ['1.s', 1e9],
    ['0.0000000019s', 1],
    ['0', NaN],
    ['5', NaN],
    ['', NaN],
    ['.s', NaN],
    ['1.2.3s', NaN],
    ['1d', NaN],
    ['3µs', NaN],
    ['2562047h', NaN],
  ])('duration %s', (text, value) => expect(convert(simpleDuration, text)).toBe(value));

  test.each([
    ['512', 512],
    ['0B', 0],
    ['1.5MB', 1_500_000],
    ['2GiB', 2 ** 31],
    ['20 kib', 20_480],
    ['3k', 3000],
    ['3Ki', 3072],
    ['1.0001b', 1],
    ['', NaN],
    ['5x', NaN],
    ['5kx', NaN],
    ['1,000', NaN],
    ['-5', NaN],
  ])('bytes %s', (text, value) => expect(convert(simpleBytes, text)).toBe(value));

  test('equal the slow conversions', () => {
    const number = fc.stringMatching(/^[-+]?[0-9]{0,17}\.?[0-9]{0,17}$/);
    const durations = fc.stringMatching(/^[-+]?([0-9]{0,5}\.?[0-9]{0,12}(ns|us|ms|s|m|h|d|)){0,3}$/);
    const sizes = fc.stringMatching(/^[0-9]{0,5}\.?[0-9]{0,5} {0,2}[kKmGTx]?[iI]?[bB]?$/);
    fc.assert(fc.property(number, (text) => agrees(simpleDecimal, parseGoFloat, text)));
    fc.assert(fc.property(durations, (text) => agrees(simpleDuration, durationNs, text)));
    fc.assert(fc.property(sizes, (text) => agrees(simpleBytes, parseBytes, text)));
  });
});
