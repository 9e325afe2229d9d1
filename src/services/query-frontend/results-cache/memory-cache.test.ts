import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nodeRuntime } from '../../../common/node-runtime.ts';
import { MemoryCache, type MemoryCacheOptions } from './memory-cache.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const open = (options: Partial<MemoryCacheOptions> = {}) =>
  new MemoryCache({ bytesMax: 100_000, itemsMax: 0, ttlMs: 1000, clock: nodeRuntime.clock, ...options });
const value = (size: number, fill = 1) => new Uint8Array(size).fill(fill);
const keysIn = async (cache: MemoryCache, ...keys: string[]) =>
  (await cache.get(keys)).flatMap((found, i) => (found === null ? [] : [keys[i]]));

test('values come back in the order of the keys', async () => {
  const cache = open();
  await cache.put([
    { key: 'a', value: value(1, 7) },
    { key: 'b', value: value(2, 8) },
  ]);
  expect(await cache.get(['b', 'c', 'a'])).toEqual([value(2, 8), null, value(1, 7)]);
  await cache.put([{ key: 'a', value: value(3, 9) }]);
  expect(await cache.get(['a'])).toEqual([value(3, 9)]);
  expect([cache.itemCount, cache.bytes]).toEqual([2, 2 * (2 + 128) + 5]);
});

test('what was used longest ago makes room', async () => {
  const cache = open({ bytesMax: 10_000 });
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await cache.put([{ key, value: value(1000) }]);
  await cache.get(['a']);
  await cache.put([{ key: 'i', value: value(1000) }]);
  expect(await keysIn(cache, 'a', 'b', 'c', 'i')).toEqual(['a', 'c', 'i']);
  expect(cache.bytes).toBeLessThanOrEqual(10_000);
  expect(cache.statistics.evicted).toMatchObject({ full: 1 });
});

test('so many items; a value that is too large is not kept', async () => {
  const cache = open({ itemsMax: 2, bytesMax: 8000 });
  await cache.put(['a', 'b', 'c'].map((key) => ({ key, value: value(1) })));
  await cache.put([{ key: 'b', value: value(1001) }]);
  expect(await keysIn(cache, 'a', 'b', 'c')).toEqual(['c']);
});

test('values expire', async () => {
  const cache = open();
  await cache.put([{ key: 'a', value: value(1) }]);
  vi.advanceTimersByTime(999);
  expect(await keysIn(cache, 'a')).toEqual(['a']);
  vi.advanceTimersByTime(1);
  expect(await keysIn(cache, 'a')).toEqual([]);
  expect([cache.bytes, cache.statistics.evicted.expired]).toEqual([0, 1]);
});
