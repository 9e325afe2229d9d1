import { describe, expect, test } from 'vitest';
import { formatFloat, parseGoFloat, parseGoInt } from './go-number.ts';

describe('parseGoFloat', () => {
  test.each([
    ['1.5', 1.5],
    ['-1e3', -1000],
    ['.5', 0.5],
    ['5.', 5],
    ['Inf', Infinity],
    ['-infinity', -Infinity],
    ['NaN', NaN],
    ['0x1p-2', 0.25],
    ['0x1.8p1', 3],
  ])('%s', (text, value) => expect(parseGoFloat(text)).toBe(value));

  test.each(['', ' 1', '1 ', 'x', '1_000', '0x10', '1e', '+nan'])('refuses %j', (text) =>
    expect(() => parseGoFloat(text)).toThrow(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`),
  );

  test('refuses what does not fit', () => expect(() => parseGoFloat('1e999')).toThrow('value out of range'));
});

test('parseGoInt', () => {
  expect(parseGoInt('-12')).toBe(-12n);
  expect(() => parseGoInt('x', 'Atoi')).toThrow('strconv.Atoi: parsing "x": invalid syntax');
  expect(() => parseGoInt('9223372036854775808')).toThrow('value out of range');
});

test.each([
  [1e21, '1000000000000000000000'],
  [1.5e-7, '0.00000015'],
  [-1.25e22, '-12500000000000000000000'],
  [NaN, 'NaN'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
  [-0, '-0'],
  [0.1, '0.1'],
])('formatFloat(%d)', (value, text) => expect(formatFloat(value)).toBe(text));
