import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { must } from '../../src/common/assert.ts';
import { Labels } from '../../src/common/labels.ts';
import type { BlockCapacity } from './block-writer.ts';
import { TenantHead } from './tenant-head.ts';
import { batchOf, entryText } from './testing/entries.ts';
import type { Entry } from './testing/entries.ts';
import { entriesOfBlock, entriesOfView } from './testing/read-head.ts';

interface Options {
  readonly committed?: ReadonlyMap<string, bigint>;
  readonly largestBlock?: BlockCapacity;
  readonly seed?: number;
}

function headOf({ committed = new Map(), largestBlock, seed = 7 }: Options = {}): TenantHead {
  let blocks = 0;
  return new TenantHead({
    tenant: 't1',
    clock: { monotonicMs: () => 0 },
    seed,
    nextBlockId: () => `t1/${blocks++}`,
    lastCommitted: (key) => committed.get(key),
    ...(largestBlock === undefined ? {} : { largestBlock }),
  });
}

function entry(timestamp: bigint, line: string, more: Partial<Entry> = {}): Entry {
  return { labels: { app: 'a' }, timestamp, line, ...more };
}

const textsOf = (head: TenantHead): string[] => entriesOfView(head.view()).map(entryText);

describe('duplicates', () => {
  const first = entry(10n, 'one', { level: 'info', metadata: { trace_id: 'x', span: 'y' } });
  test.each<[string, Entry, boolean]>([
    ['the same entry again', first, false],
    ['a newer one', { ...first, timestamp: 11n }, true],
    ['an older one', { ...first, timestamp: 9n }, true],
    ['another stream', { ...first, labels: { app: 'b' } }, true],
    ['another line', { ...first, line: 'two' }, true],
    ['a line of the same length', { ...first, line: 'onE' }, true],
    ['another level', { ...first, level: 'warn' }, true],
    ['no level', entry(10n, 'one', { metadata: { trace_id: 'x', span: 'y' } }), true],
    ['other metadata', { ...first, metadata: { trace_id: 'x', span: 'z' } }, true],
    ['another metadata name', { ...first, metadata: { trace_id: 'x', spam: 'y' } }, true],
    ['less metadata', { ...first, metadata: { trace_id: 'x' } }, true],
    ['the same bytes cut differently', { ...first, metadata: { trace_id: 'xy', span: '' } }, true],
  ])('%s', (_, second, isKept) => {
    for (const between of [[], [entry(20n, 'newer')], [entry(20n, 'newer'), entry(10n, 'same time')]]) {
      const pushes = [[first, ...between, second], [first, ...between], [second]];
      const head = headOf();
      expect(head.append(batchOf(must(pushes[0])), 'w', 1).duplicates).toBe(isKept ? 0 : 1);
      const inTwo = headOf();
      inTwo.append(batchOf(must(pushes[1])), 'w', 1);
      expect(inTwo.append(batchOf(must(pushes[2])), 'w', 2)).toEqual({
        stored: isKept ? 1 : 0,
        duplicates: isKept ? 0 : 1,
      });
      expect(textsOf(inTwo)).toEqual(textsOf(head));
    }
  });

  test('are found in a group that is being flushed, and no longer after its commit: then the range is late', () => {
    const head = headOf();
    head.append(batchOf([first, entry(30n, 'x')]), 'w', 1);
    const group = must(head.close());
    expect(head.append(batchOf([first]), 'w', 2)).toEqual({ stored: 0, duplicates: 1 });
    expect(head.view().lateRanges).toEqual([]);
    head.release(group);
    expect(head.append(batchOf([first, entry(30n, 'y'), entry(31n, 'z')]), 'w', 3).stored).toBe(3);
    expect(head.view().lateRanges).toEqual([{ stream: 0, minTimestamp: 10n, maxTimestamp: 30n }]);
    expect(must(head.close()).late.list()).toHaveLength(1);
  });

  test('entries not after what the catalog has committed are late', () => {
    const key = Labels.fromRecord({ app: 'a' }).key;
    for (const [timestamp, ranges] of [
      [99n, 1],
      [100n, 1],
      [101n, 0],
    ] as const) {
      const head = headOf({ committed: new Map([[key, 100n]]) });
      head.append(batchOf([entry(timestamp, 'l'), entry(5n, 'other', { labels: { app: 'b' } })]), 'w', 1);
      expect(head.view().lateRanges).toHaveLength(ranges);
    }
  });

  test('the extremes of time are ordinary timestamps', () => {
    const times = [-(1n << 63n), -1n, 0n, (1n << 31n) - 1n, 1n << 31n, 1n << 32n, (1n << 63n) - 1n];
    const entries = times.map((time) => entry(time, 'l'));
    for (const order of [entries, [...entries].reverse()]) {
      const head = headOf();
      expect(head.append(batchOf(order), 'w', 1).stored).toBe(times.length);
      expect(head.append(batchOf(order), 'w', 2).stored).toBe(0);
      expect(textsOf(head)).toEqual(order.map(entryText));
    }
  });

  test('a hundred thousand entries of one instant are told apart in time', () => {
    const head = headOf();
    const entries = Array.from({ length: 100_000 }, (_, i) => entry(1n, `line ${i}`));
    const batch = batchOf(entries);
    expect(head.append(batch, 'w', 1).stored).toBe(entries.length);
    expect(head.append(batch, 'w', 2).duplicates).toBe(entries.length);
  }, 5_000);
});

const text = fc.string({ unit: 'grapheme', maxLength: 6 });
const anyEntry: fc.Arbitrary<Entry> = fc.record(
  {
    labels: fc.constantFrom<Entry['labels']>({ app: 'a' }, { app: 'b' }, { app: 'a', env: 'x' }),
    timestamp: fc.oneof(fc.bigInt({ min: 0n, max: 6n }), fc.bigInt({ min: (1n << 32n) - 2n, max: (1n << 32n) + 2n })),
    line: fc.oneof(fc.constantFrom('x', 'y'), text, fc.constant('long '.repeat(30))),
    level: fc.constantFrom('info', 'error'),
    metadata: fc.dictionary(fc.constantFrom('trace_id', 'span'), fc.constantFrom('', 'v', 'long '.repeat(20)), {
      maxKeys: 2,
    }),
  },
  { requiredKeys: ['labels', 'timestamp', 'line'] },
);
type Step = { kind: 'append'; entries: Entry[] } | { kind: 'close' } | { kind: 'release' };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('append'), entries: fc.array(anyEntry, { minLength: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('release') }) },
);

/** The plain counterpart: groups of distinct texts, and the newest committed timestamp per stream. */
class ModelHead {
  groups: { isOpen: boolean; entries: Entry[] }[] = [];
  committed = new Map<string, bigint>();
  late: string[] = [];

  append(entries: readonly Entry[]): void {
    if (this.groups.at(-1)?.isOpen !== true) this.groups.push({ isOpen: true, entries: [] });
    for (const added of entries) {
      const known = new Set(this.groups.flatMap((group) => group.entries.map(entryText)));
      if (known.has(entryText(added))) continue;
      must(this.groups.at(-1)).entries.push(added);
      const committed = this.committed.get(Labels.fromRecord(added.labels).key);
      if (committed !== undefined && added.timestamp <= committed) this.late.push(entryText(added));
    }
  }

  close(): void {
    const open = this.groups.at(-1);
    if (open?.isOpen !== true) return;
    open.isOpen = false;
    if (open.entries.length === 0) this.groups.pop();
  }

  release(): void {
    for (const { labels, timestamp } of must(this.groups.shift()).entries) {
      const { key } = Labels.fromRecord(labels);
      const committed = this.committed.get(key);
      if (committed === undefined || timestamp > committed) this.committed.set(key, timestamp);
    }
  }
}

describe('a head and its plain counterpart', () => {
  test('hold the same entries after any steps, and late ranges cover what they must', () => {
    const largestBlock = { rows: 64, lineBytes: 512, pairs: 48, valueBytes: 128 };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.integer(), (steps, seed) => {
        const head = headOf({ largestBlock, seed });
        const model = new ModelHead();
        for (const [index, current] of steps.entries()) {
          if (current.kind === 'append') {
            head.append(batchOf(current.entries), 'w', index);
            model.append(current.entries);
          } else if (current.kind === 'close') {
            head.close();
            model.close();
          } else if (model.groups[0]?.isOpen === false) {
            head.release(must(head.groups[0]));
            model.release();
          }
          expect(textsOf(head)).toEqual(model.groups.flatMap((group) => group.entries.map(entryText)));
        }
        const view = head.view();
        const isCovered = ({ labels, timestamp }: Entry): boolean =>
          view.lateRanges.some(
            ({ stream, minTimestamp, maxTimestamp }) =>
              must(view.streams[stream]).key === Labels.fromRecord(labels).key &&
              minTimestamp <= timestamp &&
              timestamp <= maxTimestamp,
          );
        const live = entriesOfView(view).filter((kept) => model.late.includes(entryText(kept)));
        expect(live.filter((kept) => !isCovered(kept))).toEqual([]);
        expect(view.lateRanges.length === 0 || live.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('cuts', () => {
  test('hold exactly the rows and records of their group, and labels of its streams', () => {
    const head = headOf();
    head.append(batchOf([entry(1n, 'a')]), 'w', 3);
    head.append(batchOf([entry(2n, 'b', { labels: { app: 'b' }, level: 'info' })]), 'w', 5);
    const first = must(head.close());
    head.append(batchOf([entry(3n, 'c', { labels: { app: 'b' } })]), 'w', 9);
    const second = must(head.close());
    const cuts = [first, second].map((group) => structuredClone(head.cutOf(group)));
    expect(
      cuts.map(({ tenant, walId, firstSequence, lastSequence }) => [tenant, walId, firstSequence, lastSequence]),
    ).toEqual([
      ['t1', 'w', 3, 5],
      ['t1', 'w', 9, 9],
    ]);
    expect(cuts.map(({ streams }) => streams)).toEqual([
      [[['app', 'a']], [['app', 'b']]],
      [[], [['app', 'b']]],
    ]);
    const lines = cuts.map((cut) => {
      const streams = cut.streams.map((pairs) => Labels.fromSorted(pairs));
      return cut.blocks.flatMap(({ block, rowCount }) =>
        entriesOfBlock(block, rowCount, { ...cut, streams }).map(({ line }) => line),
      );
    });
    expect(lines).toEqual([['a', 'b'], ['c']]);
    // What a clone shares is the memory, not a copy of it.
    expect(must(must(cuts[0]).blocks[0]).block.lines.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test('records of another WAL, and groups of nothing but duplicates, are kept apart', () => {
    const head = headOf();
    head.append(batchOf([entry(1n, 'a')]), 'w1', 1);
    head.append(batchOf([entry(2n, 'b')]), 'w2', 2);
    expect(head.groups.map(({ walId }) => walId)).toEqual(['w1', 'w2']);
    head.close();
    head.append(batchOf([entry(1n, 'a')]), 'w2', 3);
    expect(head.groups).toHaveLength(3);
    expect(head.close()).toBeNull();
    expect(head.groups).toHaveLength(2);
  });
});

describe('select', () => {
  const streams = [{ app: 'a', env: 'prod' }, { app: 'b', env: 'prod' }, { app: 'a', env: 'dev' }, { app: 'ab' }];
  const head = headOf();
  head.append(batchOf(streams.map((labels, i) => ({ labels, timestamp: BigInt(i), line: 'l' }))), 'w', 1);

  test.each([
    [[['app', '=', 'a']], [0, 2]],
    [[['app', '=', 'zz']], []],
    [[['app', '!=', 'a']], [1, 3]],
    [[['app', '=~', 'a.*']], [0, 2, 3]],
    [
      [
        ['app', '=~', 'a|b'],
        ['env', '!~', 'd.v'],
      ],
      [0, 1],
    ],
    [[['env', '=', '']], [3]],
    [[['env', '!=', '']], [0, 1, 2]],
    [[['env', '=~', '.*']], [0, 1, 2, 3]],
    [[['none', '=~', '.+']], []],
    [[], [0, 1, 2, 3]],
  ] as const)('%j selects %j', (matchers, expected) => {
    const selected = head.view().select(matchers.map(([name, op, value]) => ({ name, op, value })));
    expect([...selected]).toEqual(expected);
  });
});
