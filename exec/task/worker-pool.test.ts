import { expect, test } from 'vitest';
import { testControl } from '../testing/contexts.ts';
import type { FragmentRequest } from './run-fragment.ts';
import { createUnitTable } from './unit-table.ts';
import { WorkerPool } from './worker-pool.ts';

const request: FragmentRequest = {
  fragment: new Uint8Array(0),
  units: createUnitTable([]),
  control: testControl(),
  boundWord: null,
  headBlocks: new Map(),
  isAnalyzed: false,
};
const config = { objectStore: { kind: 'memory' } } as const;
const workerFile = (name: string): URL => new URL(`./testing/${name}.ts`, import.meta.url);

test('a worker that dies fails its query, and another one takes its place', async () => {
  const pool = new WorkerPool(1, config, workerFile('crashing-worker'));
  await pool.start();
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(pool.run(request, 1).next()).rejects.toMatchObject({
      code: 'worker_lost',
      message: 'A querier worker stopped while it ran the query: exit code 3',
    });
  }
  await pool.close();
});

test('a worker that cannot start fails the start, and is not tried for ever', async () => {
  const pool = new WorkerPool(1, config, workerFile('broken-worker'));
  await expect(pool.start()).rejects.toThrow('this worker cannot start');
  await expect(pool.run(request, 1).next()).rejects.toMatchObject({ code: 'unavailable' });
  await pool.close();
});

test('a damaged fragment fails its query only', async () => {
  const pool = new WorkerPool(2, config);
  await pool.start();
  await expect(pool.run(request, 2).next()).rejects.toMatchObject({ code: 'corruption' });
  await pool.close();
  expect(() => pool.run(request, 1)).toThrow(expect.objectContaining({ code: 'unavailable' }));
});
