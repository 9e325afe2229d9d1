import { expect, test } from 'vitest';
import { OwnedMemory } from './owned-memory.ts';

test('what it owns is empty after a release, and it can be used again', () => {
  const memory = new OwnedMemory();
  const arrays = [memory.int32(2000), memory.uint32(2000), memory.float64(2000), memory.own(new Uint8Array(9000))];
  const views = arrays.map((array) => array.subarray(10));
  memory.release();
  memory.release();
  expect(arrays.map(({ length }) => length)).toEqual([0, 0, 0, 0]);
  expect(views.map(({ length }) => length)).toEqual([0, 0, 0, 0]);
  expect(memory.int32(2000).length).toBe(2000);
});

test('small arrays, which may share the memory of others, are left alone', () => {
  const memory = new OwnedMemory();
  const small = memory.uint32(10);
  memory.release();
  expect(small.length).toBe(10);
});
