import { describe, expect, test } from 'vitest';
import { readJsonPath } from './parse-json-path.ts';

describe('paths', () => {
  test.each([
    ['a', ['a']],
    ['a.b', ['a', 'b']],
    ['a[0]["c d"].e', ['a', 0, 'c d', 'e']],
    ['["a"].b', ['a', 'b']],
    ['[2][10]', [2, 10]],
    [' a . b ', ['a', 'b']],
    ['a["b]', ['a', 'b']],
  ])('%s', (expression, path) => {
    expect(readJsonPath(expression)).toEqual({ path, error: null });
  });
});

describe('errors', () => {
  test.each([
    ['', 'syntax error: unexpected $end, expecting LSB or FIELD'],
    ['.a', 'syntax error: unexpected DOT, expecting LSB or FIELD'],
    ['a.', 'syntax error: unexpected $end, expecting FIELD'],
    ['a b', 'syntax error: unexpected FIELD'],
    ['a[', 'syntax error: unexpected $end, expecting STRING or INDEX'],
    ['a[0', 'syntax error: unexpected $end, expecting RSB'],
    ['a[1.5]', 'cannot use float as array index'],
    ['a[-1]', 'unexpected char -'],
    ['a.*', 'unexpected char *'],
  ])('%s', (expression, error) => {
    expect(readJsonPath(expression)).toEqual({ path: [], error });
  });
});
