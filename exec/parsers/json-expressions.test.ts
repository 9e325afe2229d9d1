import { describe, expect, test } from 'vitest';
import { batchOfRows, labelsOf, type TestRow } from '../stages/testing/lines-batch.ts';
import { compileJsonExpressions } from './json-expressions.ts';

function extract(row: TestRow | string, paths: Record<string, (string | number)[]>): Record<string, string> {
  const batch = batchOfRows([typeof row === 'string' ? { line: row } : row]);
  const extractions = Object.entries(paths).map(([label, path]) => ({ label, path }));
  compileJsonExpressions({ extractions, needed: 'all' }).parse(batch);
  return labelsOf(batch)[0];
}

describe('json with expressions', () => {
  const line = '{"a":{"b":{"c":"deep"},"n":null},"arr":[1,{"k":"v\\n"},[2,3]],"c d":true,"n":1e3,"s":"\\u0041"}';

  test.each([
    [{ x: ['a', 'b', 'c'] }, { x: 'deep' }],
    [
      { ab: ['a', 'b'], c: ['a', 'b', 'c'] },
      { ab: '{"c":"deep"}', c: 'deep' },
    ],
    [
      { x: ['arr', 0], y: ['arr', 1, 'k'], z: ['arr', 2, 1], w: ['arr', 9] },
      { x: '1', y: 'v\n', z: '3', w: '' },
    ],
    [{ x: ['arr'] }, { x: '[1,{"k":"v\\n"},[2,3]]' }],
    [
      { x: ['c d'], y: ['n'], z: ['s'] },
      { x: 'true', y: '1e3', z: 'A' },
    ],
    [
      { x: ['a', 'n'], y: ['none'], z: ['n', 'deeper'] },
      { x: '', y: '', z: '' },
    ],
    [
      { x: ['n'], y: ['n'] },
      { x: '1e3', y: '1e3' },
    ],
  ])('%j (facts 132, 133)', (paths, expected) => {
    expect(extract(line, paths as Record<string, (string | number)[]>)).toEqual(expected);
  });

  test('an empty line is left alone, a line that is no JSON is an error without details (fact 131)', () => {
    expect(extract('', { x: ['a'] })).toEqual({});
    expect(extract(' {"a":1}', { x: ['a'] })).toEqual({ __error__: 'JSONParserErr' });
    expect(extract('text', { x: ['a'] })).toEqual({ __error__: 'JSONParserErr' });
    expect(extract('"text"', { x: ['a'] })).toEqual({ x: '' });
    expect(extract('[{"a":5}]', { x: [0, 'a'] })).toEqual({ x: '5' });
  });

  test('a broken value is an error only when it was asked for', () => {
    expect(extract('{"a":1,"b":"cut', { a: ['a'], c: ['c'] })).toEqual({ a: '1', c: '' });
    expect(extract('{"a":1,"b":"cut', { b: ['b'] })).toEqual({
      __error__: 'JSONParserErr',
      __error_details__: "Value is string, but can't find closing '\"' symbol",
      b: '',
    });
  });

  test('a label of the stream or metadata moves the value aside (fact 133)', () => {
    const row = { line: '{"a":1}', stream: { app: 's' }, metadata: { m: 'x' } };
    expect(extract(row, { app: ['a'], m: ['a'] })).toEqual({ app: 's', app_extracted: '1', m: 'x', m_extracted: '1' });
    expect(extract(row, { app: ['none'] })).toEqual({ app: 's', m: 'x' });
  });

  test('keys with escapes are compared unescaped, the first of equal keys counts', () => {
    expect(extract('{"\\u0061":1,"a":2}', { x: ['a'] })).toEqual({ x: '1' });
  });
});
