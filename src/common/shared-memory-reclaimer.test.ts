import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collectGarbage, SharedMemoryReclaimer } from './shared-memory-reclaimer.ts';

const MIB = 2 ** 20;

test('collects once enough was dropped, after the turn in which that happened', async () => {
  let collections = 0;
  const reclaimer = new SharedMemoryReclaimer(() => collections++);
  reclaimer.dropped(20 * MIB);
  await nextTurn();
  expect(collections).toBe(0);
  reclaimer.dropped(20 * MIB);
  expect(collections).toBe(0);
  await nextTurn();
  expect(collections).toBe(1);
  reclaimer.dropped(20 * MIB);
  await nextTurn();
  expect(collections).toBe(1);
});

test('a collection frees what nobody refers to', async () => {
  let freed = false;
  const registry = new FinalizationRegistry(() => (freed = true));
  registry.register(new SharedArrayBuffer(1024), 'memory');
  for (let i = 0; i < 10 && !freed; i++) {
    collectGarbage();
    await nextTurn();
  }
  expect(freed).toBe(true);
});
