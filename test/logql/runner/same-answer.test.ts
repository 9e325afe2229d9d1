import { expect, test } from 'vitest';
import { sameAnswer } from './same-answer.ts';

test.each([
  ['----\n{} 1', '----\n{} 1', true],
  ['----\n{a="b"} 2.333333333333333 _ 1', '----\n{a="b"} 2.3333333333333335 _ 1', true],
  ['----\n{} 1', '----\n{} 1.0000001', false],
  ['----\n{} 1 2', '----\n{} 1', false],
  ['----\n{} 1 _', '----\n{} _ 1', false],
  ['----\n{a="1"} 1', '----\n{a="2"} 1', false],
  ['----\n{} -1', '----\n{} 1', false],
  ['----\n{} NaN', '----\n{} 1', false],
])('%j and %j', (a, b, expected) => {
  expect(sameAnswer(a, b)).toBe(expected);
});
