import { expect, test } from 'vitest';
import { bucketGrid } from './bucket-grid.ts';
import { RunTotals } from './run-totals.ts';

const grid = bucketGrid({ startNs: 10n, endNs: 100n, stepNs: 10n }, 10n, 0n);

test('who takes totals away when they are many gets all of them', () => {
  const totals = new RunTotals(grid);
  let [rows, bytes, times] = [0, 0, 0];
  const drain = (): void => {
    const { fields } = totals.drain();
    for (const count of fields[0]) rows += count;
    for (const count of fields[1]) bytes += count;
    times++;
  };
  totals.onFull(drain);
  const count = 300_000;
  for (let i = 0; i < count; i++) totals.add(i, 0, i % 10, 1, 3);
  expect(times).toBeGreaterThan(1);
  drain();
  expect([rows, bytes]).toEqual([count, 3 * count]);
});

test('where streams tell groups, there is one item for each group and bucket', () => {
  const totals = new RunTotals(grid, null, { group: Uint32Array.of(1, 0, 1), count: 2 });
  for (const stream of [0, 1, 2, 2]) totals.add(stream, 0, stream === 1 ? 9 : 4, 2, 5);
  const { areGroups, streams, buckets, fields } = totals.drain();
  expect(areGroups).toBe(true);
  expect([[...streams], [...buckets], [...fields[0]], [...fields[1]]]).toEqual([
    [0, 1],
    [9, 4],
    [2, 6],
    [5, 15],
  ]);
  expect(totals.drain().streams).toHaveLength(0);
});
