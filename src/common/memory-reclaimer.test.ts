import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collectGarbage, MemoryReclaimer } from './memory-reclaimer.ts';

const MIB = 2 ** 20;

test('collects once enough was dropped, after the turn in which that happened', async () => {
  const collections: string[] = [];
  const reclaimer = new MemoryReclaimer('shared', (collection) => collections.push(collection));
  reclaimer.dropped(20 * MIB);
  await nextTurn();
  expect(collections).toEqual([]);
  reclaimer.dropped(20 * MIB);
  expect(collections).toEqual([]);
  await nextTurn();
  expect(collections).toEqual(['concurrent']);
  reclaimer.dropped(20 * MIB);
  await nextTurn();
  expect(collections).toEqual(['concurrent']);
});

test.each(['minor', 'concurrent', 'major', 'all'] as const)(
  'a %s collection frees what nobody refers to',
  async (collection) => {
    collectGarbage('major');
    const before = process.memoryUsage().arrayBuffers;
    let bytes = 0;
    for (let i = 0; i < 24; i++) bytes += new Uint8Array(MIB).length;
    const isFreed = (): boolean => process.memoryUsage().arrayBuffers < before + bytes / 2;
    for (let i = 0; i < 20 && !isFreed(); i++) {
      await (collection === 'concurrent' ? delay(50) : nextTurn());
      collectGarbage(collection);
    }
    expect(isFreed()).toBe(true);
  },
);
