import { expect, test } from 'vitest';
import { NO_STATISTICS } from '../../../exec/result/query-statistics.ts';
import { mergeStatistics } from './merge-statistics.ts';

test('parts add up; they waited side by side', () => {
  const worker = { worker: 0, tasks: 1, busyMs: 1, peakBytes: 1 };
  const part = {
    ...NO_STATISTICS,
    execMs: 2,
    queueMs: 5,
    linesProcessed: 10,
    headLines: 3,
    pagesRead: 1,
    workers: [worker],
  };
  const merged = mergeStatistics([part, { ...part, queueMs: 3, entriesReturned: 7 }], 4);
  expect(merged).toEqual({
    ...NO_STATISTICS,
    execMs: 4,
    queueMs: 5,
    linesProcessed: 20,
    headLines: 6,
    pagesRead: 2,
    entriesReturned: 4,
    workers: [worker, worker],
  });
  expect(mergeStatistics([], 1)).toEqual({ ...NO_STATISTICS, entriesReturned: 1 });
});
