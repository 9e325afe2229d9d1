import { expect, test } from 'vitest';
import { LogQLError } from './logql-error.ts';
import { parseQuery } from './parse.ts';
import { printLocation } from './print-location.ts';

function locate(text: string): string {
  try {
    parseQuery(text);
  } catch (error) {
    if (error instanceof LogQLError) return printLocation(text, error);
  }
  return 'no error';
}

test('a caret under the place', () => {
  expect(locate('{app=nginx}')).toBe('1 | {app=nginx}\n         ^');
  expect(locate('{a="b"}\n\t|= x')).toBe('2 |  |= x\n        ^');
  expect(locate('{a="☕"} x')).toBe('1 | {a="☕"} x\n            ^');
});

test('the end of the query', () => {
  expect(locate('{a="b"')).toBe('1 | {a="b"\n          ^');
});

test('an error that lost its line is shown if there is only one', () => {
  expect(locate('rate({a="b"}[5x])')).toBe('1 | rate({a="b"}[5x])\n                ^');
  expect(locate('rate({a="b"}\n[5x])')).toBe('');
});

test('a long line is cut around the place', () => {
  const printed = locate(`{a="${'x'.repeat(500)}"} y ${'z'.repeat(500)}`);
  const [line = '', caret = ''] = printed.split('\n');
  expect(line.length).toBeLessThan(130);
  expect(line[caret.indexOf('^')]).toBe('y');
});

test('an error of a stage has no place', () => {
  expect(locate('{a="b"} |~ "["')).toBe('');
});
