import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { must } from '../../common/assert.ts';
import { nodeRuntime } from '../../common/node-runtime.ts';
import { NS_PER_DAY } from '../../common/time.ts';
import { batchOf, entryText } from '../../../storage/head/testing/entries.ts';
import type { Entry } from '../../../storage/head/testing/entries.ts';
import { entriesOfView } from '../../../storage/head/testing/read-head.ts';
import { diskError, FaultFiles } from '../../../storage/wal/testing/fault-files.ts';
import type { MemoryConfig } from '../../../storage/objectstore/object-store-config.ts';
import { Ingester } from './ingester.ts';
import type { IngesterSettings } from './ingester-options.ts';
import { CommittedStore, outage } from './testing/committed-store.ts';
import type { TestCatalog } from './testing/committed-store.ts';
import { WorkerFlusher } from './worker-flusher.ts';

/** A process: what is in memory. */
interface Running {
  readonly ingester: Ingester;
  readonly catalog: TestCatalog;
}

let root: string;
let disk: FaultFiles;
let store: CommittedStore;
let running: Ingester[];
let reported: string[];

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'skald-ingester-'));
  disk = new FaultFiles();
  store = new CommittedStore();
  running = [];
  reported = [];
});

afterEach(async () => {
  disk.fault = () => undefined;
  store.beforeDay = () => undefined;
  for (const ingester of running) await ingester.close();
  await rm(root, { recursive: true });
});

async function start(settings: Partial<IngesterSettings> = {}, directory = 'wal'): Promise<Running> {
  const catalog = store.catalog();
  const ingester = await Ingester.open({
    runtime: disk.runtime,
    catalog,
    flusher: store,
    walDirectory: path.join(root, directory),
    report: (error, { action }) => void reported.push(`${action}: ${(error as Error).message}`),
    settings: { retryMinMs: 5, retryMaxMs: 20, flushOnClose: false, ...settings },
  });
  running.push(ingester);
  return { ingester, catalog };
}

let copies = 0;

/** A segment may be truncated away between its listing and its copy: what a killed process leaves has no such gap. */
async function copyDisk(from: string, to: string): Promise<void> {
  for (;;) {
    try {
      await cp(from, to, { recursive: true });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await rm(to, { recursive: true, force: true });
    }
  }
}

/** Starts on a copy of the disk as it is now: what a process finds after this one was killed. */
async function crashAndStart(
  from: string,
  settings: Partial<IngesterSettings> = {},
): Promise<Running & { at: string }> {
  const at = `crash-${copies++}`;
  await copyDisk(path.join(root, from), path.join(root, at));
  return { ...(await start(settings, at)), at };
}

function entry(timestamp: bigint, line: string, more: Partial<Entry> = {}): Entry {
  return { labels: { app: 'a' }, timestamp, line, ...more };
}

const T0 = 20_000n * NS_PER_DAY;

/** Everything a reader sees, taken in one turn. */
function visible({ ingester, catalog }: Running, tenant = 't1'): string[] {
  const view = ingester.view(tenant);
  return [...catalog.textsOf(tenant), ...(view === null ? [] : entriesOfView(view).map(entryText))].sort();
}

const textsOf = (...entries: Entry[]): string[] => entries.map(entryText).sort();
const walFiles = async (directory = 'wal'): Promise<string[]> =>
  (await readdir(path.join(root, directory))).filter((name) => name.endsWith('.wal'));

describe('push', () => {
  test('is visible when it resolves, per tenant, and concurrent pushes share syncs', async () => {
    const process = await start();
    const before = disk.syncCount;
    const entries = Array.from({ length: 100 }, (_, i) => entry(T0 + BigInt(i), `line ${i}`));
    await Promise.all(entries.map((one) => process.ingester.push('t1', batchOf([one]))));
    expect(disk.syncCount - before).toBeLessThan(10);
    await process.ingester.push('t2', batchOf([entry(T0, 'other')]));
    expect(visible(process)).toEqual(textsOf(...entries));
    expect(visible(process, 't2')).toEqual(textsOf(entry(T0, 'other')));
    expect(process.ingester.tenants()).toEqual(['t1', 't2']);
    expect(process.ingester.view('t3')).toBeNull();
  });

  test('fails when the disk is full, stores nothing, and works again when there is space', async () => {
    const process = await start();
    await process.ingester.push('t1', batchOf([entry(T0, 'a')]));
    disk.fault = (operation) => {
      if (operation === 'write') throw diskError('ENOSPC');
    };
    disk.tornFraction = 0.5;
    const failing = process.ingester.push('t1', batchOf([entry(T0, 'lost')]));
    await expect(failing).rejects.toMatchObject({ code: 'unavailable' });
    expect(visible(process)).toEqual(textsOf(entry(T0, 'a')));
    disk.fault = () => undefined;
    await process.ingester.push('t1', batchOf([entry(T0, 'b')]));
    expect(visible(process)).toEqual(textsOf(entry(T0, 'a'), entry(T0, 'b')));
    expect(visible(await crashAndStart('wal'))).toEqual(textsOf(entry(T0, 'a'), entry(T0, 'b')));
  });

  test('has room for more levels than a head can number: the head begins anew', async () => {
    const process = await start();
    const levelled = (first: number): Entry[] =>
      Array.from({ length: 40_000 }, (_, i) => entry(T0 + BigInt(first + i), 'l', { level: `level ${first + i}` }));
    const [a, b] = [levelled(0), levelled(40_000)];
    await process.ingester.push('t1', batchOf(a));
    await process.ingester.push('t1', batchOf(b));
    expect(store.days).toHaveLength(1);
    expect(visible(process)).toEqual(textsOf(...a, ...b));
    const both = Promise.allSettled([1, 2].map((i) => process.ingester.push('t2', batchOf(levelled(i * 40_000)))));
    const refused = (await both).filter((result) => result.status === 'rejected');
    expect(refused).toMatchObject([{ reason: { code: 'rate_limited' } }]);
  });

  test('of a second process on the same directory never happens', async () => {
    const process = await start();
    await expect(start()).rejects.toMatchObject({
      code: 'bad_config',
      message: expect.stringContaining('another skald process uses this directory') as string,
    });
    await process.ingester.push('t1', batchOf([entry(T0, 'a')]));
    await process.ingester.close();
    expect(visible(await start())).toEqual(textsOf(entry(T0, 'a')));
  });

  test('is refused after close', async () => {
    const { ingester } = await start();
    await ingester.close();
    await expect(ingester.push('t1', batchOf([entry(T0, 'a')]))).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('flush', () => {
  test('moves entries to the catalog in one turn and empties the WAL', async () => {
    const process = await start();
    const entries = [entry(T0, 'a'), entry(T0 + 1n, 'b'), entry(T0 - NS_PER_DAY, 'yesterday')];
    await process.ingester.push('t1', batchOf(entries));
    let looks = 0;
    store.beforeDay = () => {
      looks += 1;
      expect(visible(process)).toEqual(textsOf(...entries));
    };
    await process.ingester.flush();
    expect(looks).toBe(2);
    expect(visible(process)).toEqual(textsOf(...entries));
    expect(process.ingester.tenants()).toEqual([]);
    expect(process.ingester.headBytes).toBe(0);
    const [file] = await walFiles();
    expect((await stat(path.join(root, 'wal', must(file)))).size).toBe(48);
  });

  test('happens by size, and the memory of heads stays bounded while pushes wait', async () => {
    const process = await start({ headBytesMax: 200_000, cutBytes: 50_000 });
    const entries = Array.from({ length: 400 }, (_, i) => entry(T0 + BigInt(i), `${i} ${'x'.repeat(1_500)}`));
    let most = 0;
    store.beforeDay = async () => {
      most = Math.max(most, process.ingester.headBytes);
      await nodeRuntime.timers.sleep(20);
    };
    await Promise.all(
      Array.from({ length: 8 }, async (_, worker) => {
        for (let i = worker; i < entries.length; i += 8) {
          await process.ingester.push('t1', batchOf([must(entries[i])]));
        }
      }),
    );
    expect(most).toBeGreaterThan(40_000);
    expect(most).toBeLessThanOrEqual(200_000);
    expect(store.days.length).toBeGreaterThan(4);
    // Pushes that wait do not make the cuts behind the one that is being written smaller.
    expect(store.days.length).toBeLessThanOrEqual(10);
    await process.ingester.flush();
    expect(visible(process)).toEqual(textsOf(...entries));
  });

  test('when it cannot keep up, pushes wait, then fail with the reason; it is retried until it works', async () => {
    const process = await start({ headBytesMax: 20_000, cutBytes: 10_000, pushWaitMs: 30 });
    store.beforeDay = () => {
      throw outage();
    };
    const stored: Entry[] = [];
    const push = async (i: number): Promise<void> => {
      const one = entry(T0 + BigInt(i), `${i} ${'x'.repeat(3_000)}`);
      await process.ingester.push('t1', batchOf([one]));
      stored.push(one);
    };
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 10; i++) await push(i);
    };
    await expect(fill()).rejects.toThrow(
      /heads hold .* the last flush failed \(Cannot put object: the store is down\)/,
    );
    await expect(process.ingester.flush()).rejects.toThrow('the store is down');
    expect(visible(process)).toEqual(textsOf(...stored));
    expect(reported.every((text) => text === 'flush: Cannot put object: the store is down')).toBe(true);
    store.beforeDay = () => undefined;
    await push(100);
    await process.ingester.flush();
    expect(visible(process)).toEqual(textsOf(...stored));
  });

  test.each([
    ['age', { ageMaxMs: 20 }],
    ['idleness', { idleMs: 20 }],
  ])('happens by %s', async (_, settings) => {
    const process = await start({ ...settings, checkPeriodMs: 5 });
    await process.ingester.push('t1', batchOf([entry(T0, 'a')]));
    await expect.poll(() => store.days.length).toBe(1);
    expect(visible(process)).toEqual(textsOf(entry(T0, 'a')));
  });

  test('at close, unless it is switched off', async () => {
    const kept = await start();
    await kept.ingester.push('t1', batchOf([entry(T0, 'a')]));
    await kept.ingester.close();
    expect(store.days).toHaveLength(0);
    const again = await start({ flushOnClose: true });
    expect(visible(again)).toEqual(textsOf(entry(T0, 'a')));
    await again.ingester.close();
    expect(store.days).toHaveLength(1);
    expect(visible(await start())).toEqual(textsOf(entry(T0, 'a')));
  });

  test('a cut whose first day was committed continues with the second', async () => {
    const process = await start();
    const entries = [entry(T0, 'today'), entry(T0 - NS_PER_DAY, 'yesterday')];
    await process.ingester.push('t1', batchOf(entries));
    let failures = 2;
    store.beforeDay = () => {
      if (store.days.length === 1 && failures-- > 0) throw outage();
    };
    await expect(process.ingester.flush()).rejects.toThrow('the store is down');
    await process.ingester.flush().catch(() => undefined);
    await process.ingester.flush();
    expect(visible(process)).toEqual(textsOf(...entries));
    expect(store.days).toHaveLength(2);
  });
});

describe('after a crash', () => {
  test('everything acknowledged is there once, at every point of a flush', async () => {
    const process = await start();
    const first = [entry(T0, 'a'), entry(T0 - NS_PER_DAY, 'b'), entry(T0 + 5n, 'c', { labels: { app: 'x' } })];
    await process.ingester.push('t1', batchOf(first));
    const expected = textsOf(...first);
    expect(visible(await crashAndStart('wal'))).toEqual(expected);
    let crashes = 0;
    store.beforeDay = async () => {
      crashes += 1;
      expect(visible(await crashAndStart('wal'))).toEqual(expected);
    };
    await process.ingester.flush();
    expect(crashes).toBe(2);
    expect(visible(await crashAndStart('wal'))).toEqual(expected);
  });

  test('between the last commit and the removal of the WAL, nothing is doubled', async () => {
    const process = await start();
    const entries = [entry(T0, 'a'), entry(T0 - NS_PER_DAY, 'b')];
    await process.ingester.push('t1', batchOf(entries));
    await cp(path.join(root, 'wal'), path.join(root, 'old'), { recursive: true });
    await process.ingester.flush();
    const again = await start({}, 'old');
    expect(again.ingester.statistics).toMatchObject({ replayedRecords: 1, replayedEntries: 0 });
    expect(visible(again)).toEqual(textsOf(...entries));
  });

  test('a restored older WAL does not hide new pushes behind old positions', async () => {
    const process = await start();
    await cp(path.join(root, 'wal'), path.join(root, 'backup'), { recursive: true });
    await process.ingester.push('t1', batchOf([entry(T0, 'a')]));
    await process.ingester.flush();
    const restored = await start({}, 'backup');
    await restored.ingester.push('t1', batchOf([entry(T0, 'b')]));
    expect(visible(await crashAndStart('backup'))).toEqual(textsOf(entry(T0, 'a'), entry(T0, 'b')));
  });

  test('replay of more than the heads may hold flushes on the way', async () => {
    const process = await start();
    const entries = Array.from({ length: 50 }, (_, i) => entry(T0 + BigInt(i), `${i} ${'x'.repeat(1_000)}`));
    for (const one of entries) await process.ingester.push('t1', batchOf([one]));
    const again = await crashAndStart('wal', { headBytesMax: 10_000 });
    expect(again.ingester.headBytes).toBeLessThan(12_000);
    expect(store.days.length).toBeGreaterThan(2);
    expect(visible(again)).toEqual(textsOf(...entries));
  });

  test('late entries are marked, also when the catalog alone knows what is committed', async () => {
    const process = await start();
    await process.ingester.push('t1', batchOf([entry(T0 + 10n, 'a')]));
    await process.ingester.flush();
    await process.ingester.push('t1', batchOf([entry(T0 + 10n, 'a'), entry(T0 + 20n, 'b')]));
    const ranges = [{ stream: 0, minTimestamp: T0 + 10n, maxTimestamp: T0 + 10n }];
    expect(must(process.ingester.view('t1')).lateRanges).toEqual(ranges);
    expect(must((await crashAndStart('wal')).ingester.view('t1')).lateRanges).toEqual(ranges);
    await process.ingester.flush();
    expect(must(store.days.at(-1)).cut.lateRanges).toEqual(ranges);
  });

  test('rounds of pushes, flushes, failures and crashes lose nothing and repeat nothing', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('push'), days: fc.array(fc.nat(2), { minLength: 1 }) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('flush'), failAt: fc.nat(4) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash'), days: fc.constant([]) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        store = new CommittedStore();
        let at = `round-${copies++}`;
        let process = await start({ walSegmentBytes: 300, retryMinMs: 60_000 }, at);
        const acknowledged: Entry[] = [];
        for (const current of steps) {
          if (current.kind === 'push' && 'days' in current) {
            const pushed = current.days.map((day, i) => {
              const time = T0 + BigInt(day) * NS_PER_DAY + BigInt(acknowledged.length + i);
              return entry(time, `${acknowledged.length + i}`, { labels: { app: `${i % 2}` } });
            });
            await process.ingester.push('t1', batchOf(pushed));
            acknowledged.push(...pushed);
          } else if ('failAt' in current) {
            let days = 0;
            store.beforeDay = () => {
              if (days++ === current.failAt) throw outage();
            };
            await process.ingester.flush().catch(() => undefined);
          } else {
            // What was killed writes nothing more, also not while this test tidies it up.
            store.beforeDay = () => {
              throw outage();
            };
            const next = await crashAndStart(at, { walSegmentBytes: 300, retryMinMs: 60_000 });
            await process.ingester.close();
            store.beforeDay = () => undefined;
            process = next;
            at = next.at;
          }
          expect(visible(process)).toEqual(textsOf(...acknowledged));
        }
        await process.ingester.close();
        running = [];
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('the flush worker', () => {
  test('writes chunks and indexes to the store, and reports what the store says', async () => {
    const objects = path.join(root, 'objects');
    const flusher = new WorkerFlusher({ store: { kind: 'filesystem', directory: objects }, codec: 'zstd' });
    const committed: { rows: number; day: string }[] = [];
    const ingester = await Ingester.open({
      runtime: nodeRuntime,
      catalog: {
        add: (indexes) => void committed.push(...indexes.map(({ summary }) => summary)),
        isCommitted: () => false,
        lastTimestampOf: () => undefined,
      },
      flusher,
      walDirectory: path.join(root, 'wal'),
      report: (error) => void reported.push(String(error)),
    });
    const entries = Array.from({ length: 1_000 }, (_, i) => entry(T0 + BigInt(i), `line ${i}`, { level: 'info' }));
    await ingester.push('t1', batchOf([...entries, entry(T0 + NS_PER_DAY, 'tomorrow', { metadata: { k: 'v' } })]));
    await ingester.flush();
    await ingester.push('t1', batchOf([entry(T0 + 2n * NS_PER_DAY, 'later')]));
    await ingester.close();
    expect(reported).toEqual([]);
    expect(committed.map(({ rows }) => rows)).toEqual([1_000, 1, 1]);
    const files = await readdir(objects, { recursive: true });
    expect(files.filter((name) => name.endsWith('.arrow'))).toHaveLength(3);
  });

  test('that dies fails its cut, and every cut gets a living one', async () => {
    const process = await start();
    await process.ingester.push('t1', batchOf([entry(T0, 'a')]));
    await process.ingester.flush();
    const { cut } = must(store.days[0]);
    const unknown = { kind: 'unknown' } as unknown as MemoryConfig;
    const dying = new WorkerFlusher({ store: unknown, codec: 'zstd' });
    for (let i = 0; i < 2; i++) {
      await expect(dying.flush(cut, [])).rejects.toThrow(/the flush worker failed: unreachable/);
    }
    await dying.close();
    const living = new WorkerFlusher({ store: { kind: 'memory' }, codec: 'lz4' });
    const outside = { ...cut, tenant: '../outside' };
    await expect(living.flush(outside, [])).rejects.toMatchObject({ code: 'bad_request' });
    expect(await living.flush(cut, [])).toHaveLength(1);
    await living.close();
  });
});
