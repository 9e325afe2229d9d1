import { expect, test } from 'vitest';
import { REUSED_BYTES_MAX, ReusedBuffer } from './reused-buffer.ts';

test('the same memory as long as it is large enough', () => {
  const buffer = new ReusedBuffer();
  const first = buffer.take(1000);
  expect(first.length).toBeGreaterThanOrEqual(1000);
  expect(buffer.take(10)).toBe(first);
  const larger = buffer.take(100_000);
  expect(larger.length).toBeGreaterThanOrEqual(100_000);
  expect(buffer.take(1000)).toBe(larger);
});

test('keeps no more than its limit', () => {
  const buffer = new ReusedBuffer();
  const huge = buffer.take(REUSED_BYTES_MAX + 1);
  expect(huge.length).toBe(REUSED_BYTES_MAX + 1);
  expect(buffer.take(10)).not.toBe(huge);
  expect(buffer.take(REUSED_BYTES_MAX).length).toBe(REUSED_BYTES_MAX);
});
