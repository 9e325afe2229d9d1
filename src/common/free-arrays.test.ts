import { expect, test } from 'vitest';
import { freeArrays } from './free-arrays.ts';

test('an array that has its buffer for itself is empty afterwards, twice does no harm', () => {
  const array = new Uint32Array(100);
  freeArrays(array);
  freeArrays(array);
  expect([array.length, array.buffer.byteLength]).toEqual([0, 0]);
});

test('what others may use stays: parts of a buffer, shared memory', () => {
  const whole = new Uint8Array(16).fill(7);
  const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(3);
  freeArrays(whole.subarray(0, 8), whole.subarray(4), shared, new Uint8Array(0));
  expect([...whole]).toEqual(Array<number>(16).fill(7));
  expect([...shared]).toEqual([3, 3, 3, 3]);
});
