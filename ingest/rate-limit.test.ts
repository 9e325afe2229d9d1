import { describe, expect, test } from 'vitest';
import { TokenBucket } from './rate-limit.ts';

describe('TokenBucket', () => {
  test('starts full and refills at its rate, up to the burst', () => {
    const bucket = new TokenBucket(100, 250, 0);
    expect(bucket.take(250, 0)).toBe(true);
    expect(bucket.take(1, 0)).toBe(false);
    expect(bucket.take(100, 999)).toBe(false);
    expect(bucket.take(100, 1000)).toBe(true);
    expect(bucket.take(251, 1_000_000)).toBe(false);
    expect(bucket.take(250, 1_000_000)).toBe(true);
  });

  test('gives back, and is not robbed by a clock that steps back', () => {
    const bucket = new TokenBucket(100, 100, 5000);
    expect(bucket.take(60, 5000)).toBe(true);
    bucket.giveBack(10);
    expect(bucket.take(50, 1000)).toBe(true);
    expect(bucket.take(1, 1000)).toBe(false);
  });

  test('takes new limits without forgetting', () => {
    const bucket = new TokenBucket(100, 100, 0);
    bucket.take(100, 0);
    bucket.configure(10, 1000, 0);
    expect(bucket.take(11, 1000)).toBe(false);
    expect(bucket.take(10, 1000)).toBe(true);
  });
});
