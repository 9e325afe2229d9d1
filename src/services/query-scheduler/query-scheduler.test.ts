import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SkaldError } from '../../common/errors.ts';
import { nodeRuntime } from '../../common/node-runtime.ts';
import { LONG_MS, QueryScheduler, type QuerySchedulerOptions } from './query-scheduler.ts';

const open = (options: Partial<QuerySchedulerOptions> = {}) =>
  new QueryScheduler({
    maxConcurrent: 2,
    maxOutstandingPerTenant: 3,
    clock: nodeRuntime.clock,
    timers: nodeRuntime.timers,
    ...options,
  });
const noSignal = (): AbortSignal => new AbortController().signal;

/** Work by name: it starts when it is its turn, and ends when told to. */
class Works {
  readonly started: string[] = [];
  readonly #ends = new Map<string, () => void>();

  work(name: string): () => Promise<string> {
    return async () => {
      this.started.push(name);
      await new Promise<void>((resolve) => this.#ends.set(name, resolve));
      return name;
    };
  }

  async end(name: string): Promise<void> {
    this.#ends.get(name)?.();
    await settled();
  }
}

/** Everything that can go on without a timer has gone on. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

let works: Works;
let runs: Promise<unknown>[];
beforeEach(() => {
  works = new Works();
  runs = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

async function addAll(scheduler: QueryScheduler, ...names: string[]): Promise<void> {
  runs.push(...names.map((name) => scheduler.run(name.slice(0, 1), noSignal(), works.work(name))));
  await settled();
}

test('so many at a time; tenants take turns', async () => {
  const scheduler = open();
  await addAll(scheduler, 'a1', 'a2', 'a3', 'a4', 'b1');
  expect(works.started).toEqual(['a1', 'a2']);
  expect([scheduler.running, [...scheduler.waiting()]]).toEqual([
    2,
    [
      ['a', 2],
      ['b', 1],
    ],
  ]);
  await works.end('a1');
  await works.end('a2');
  expect(works.started).toEqual(['a1', 'a2', 'a3', 'b1']);
  for (const name of ['a3', 'b1', 'a4']) await works.end(name);
  expect(await Promise.all(runs)).toMatchObject(['a1', 'a2', 'a3', 'a4', 'b1'].map((result) => ({ result })));
  expect(scheduler.running).toBe(0);
});

test('says how long it waited', async () => {
  const waits: number[] = [];
  const scheduler = open({ maxConcurrent: 1, onStart: (waitedMs) => waits.push(waitedMs) });
  await addAll(scheduler, 'a1', 'a2');
  vi.advanceTimersByTime(500);
  await works.end('a1');
  await works.end('a2');
  expect(await runs[1]).toEqual({ result: 'a2', waitedMs: 500 });
  expect(waits).toEqual([0, 500]);
});

test('work that fails gives its place back', async () => {
  const scheduler = open({ maxConcurrent: 1 });
  await expect(scheduler.run('a', noSignal(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(scheduler.running).toBe(0);
});

describe('waiting', () => {
  test('is refused when very many of the tenant wait, and of this tenant only', async () => {
    const discarded: string[] = [];
    const scheduler = open({ maxConcurrent: 1, onDiscard: (tenant) => discarded.push(tenant) });
    await addAll(scheduler, 'a1', 'a2', 'a3', 'a4');
    await expect(scheduler.run('a', noSignal(), works.work('a5'))).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'too many outstanding requests',
    });
    await addAll(scheduler, 'b1');
    expect([discarded, scheduler.waiting().get('b')]).toEqual([['a'], 1]);
  });

  test('ends with the signal; who has left is not started', async () => {
    const scheduler = open({ maxConcurrent: 1 });
    await addAll(scheduler, 'a1');
    const caller = new AbortController();
    const run = scheduler.run('a', caller.signal, works.work('a2'));
    await settled();
    caller.abort(new SkaldError('deadline_exceeded', 'too late'));
    await expect(run).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await works.end('a1');
    expect([works.started, scheduler.running, scheduler.waiting().size]).toEqual([['a1'], 0, 0]);
  });

  test('does not begin for a signal that is over', async () => {
    const scheduler = open();
    const gone = AbortSignal.abort(new SkaldError('cancelled', 'gone'));
    await expect(scheduler.run('a', gone, works.work('a1'))).rejects.toMatchObject({ code: 'cancelled' });
    expect(scheduler.running).toBe(0);
  });
});

describe('long queries', () => {
  test('do not hold up others', async () => {
    const scheduler = open({ maxConcurrent: 1 });
    await addAll(scheduler, 'a1', 'b1');
    expect(works.started).toEqual(['a1']);
    vi.advanceTimersByTime(LONG_MS);
    await settled();
    expect([works.started, scheduler.running]).toEqual([['a1', 'b1'], 2]);
    await works.end('b1');
    await works.end('a1');
    expect(scheduler.running).toBe(0);
  });

  test('are at most as many as there are places', async () => {
    const scheduler = open({ maxConcurrent: 2 });
    await addAll(scheduler, 'a1', 'a2', 'b1', 'b2', 'c1');
    vi.advanceTimersByTime(LONG_MS);
    await settled();
    vi.advanceTimersByTime(LONG_MS);
    await settled();
    expect([works.started, scheduler.running]).toEqual([['a1', 'a2', 'b1', 'c1'], 4]);
    await works.end('c1');
    expect(works.started.at(-1)).toBe('b2');
    for (const name of ['a1', 'a2', 'b1', 'b2']) await works.end(name);
    expect(scheduler.running).toBe(0);
  });
});
