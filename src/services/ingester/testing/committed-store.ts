import { must } from '../../../common/assert.ts';
import { SkaldError } from '../../../common/errors.ts';
import { Labels } from '../../../common/labels.ts';
import { utcDay } from '../../../common/time.ts';
import type { Cut } from '../../../../storage/chunk/cut.ts';
import { entryText } from '../../../../storage/head/testing/entries.ts';
import type { Entry } from '../../../../storage/head/testing/entries.ts';
import { entriesOfBlock } from '../../../../storage/head/testing/read-head.ts';
import type { CommittedIndex } from '../../../../storage/index/index-content.ts';
import type { CutFlusher } from '../cut-flusher.ts';
import type { CommittedCatalog } from '../ingester-options.ts';

/**
 * What survives a crash besides the WAL, with rows that a test can read: days of cuts, in the order of their commits.
 * It keeps the contracts of the chunk writer (one index per day, days one after another) and of the catalog.
 */
export class CommittedStore implements CutFlusher {
  readonly days: { readonly index: CommittedIndex; readonly entries: readonly Entry[]; readonly cut: Cut }[] = [];
  /** Called before each day is committed; throws or waits where a test wants it. */
  beforeDay: (cut: Cut, day: string) => void | Promise<void> = () => undefined;

  async flush(cut: Cut, committed: CommittedIndex[]): Promise<readonly CommittedIndex[]> {
    for (const [day, entries] of [...byDay(cut)].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (committed.some(({ summary }) => summary.day === day)) continue;
      await this.beforeDay(cut, day);
      const index = indexOf(cut, day, entries, this.days.length);
      this.days.push({ index, entries, cut });
      committed.push(index);
    }
    return committed;
  }

  async close(): Promise<void> {}

  /** The catalog that a new process loads. */
  catalog(): TestCatalog {
    const catalog = new TestCatalog(this);
    catalog.add(this.days.map(({ index }) => index));
    return catalog;
  }
}

export class TestCatalog implements CommittedCatalog {
  readonly #store: CommittedStore;
  readonly #known = new Set<CommittedIndex>();

  constructor(store: CommittedStore) {
    this.#store = store;
  }

  add(committed: readonly CommittedIndex[]): void {
    for (const index of committed) {
      if (this.#known.has(index)) throw new Error(`${index.key} is committed twice`);
      this.#known.add(index);
    }
  }

  isCommitted(tenant: string, walId: string, sequence: number, day: string): boolean {
    return [...this.#known].some(
      ({ summary }) =>
        summary.tenant === tenant &&
        summary.day === day &&
        summary.coverage.some(
          (range) => range.walId === walId && range.firstSequence <= sequence && sequence <= range.lastSequence,
        ),
    );
  }

  lastTimestampOf(tenant: string, streamKey: string): bigint | undefined {
    const timestamps = this.entriesOf(tenant)
      .filter(({ labels }) => Labels.fromRecord(labels).key === streamKey)
      .map(({ timestamp }) => timestamp);
    return timestamps.length === 0 ? undefined : timestamps.reduce((a, b) => (a > b ? a : b));
  }

  entriesOf(tenant: string): Entry[] {
    const visible = this.#store.days.filter(({ index }) => this.#known.has(index));
    return visible.filter(({ index }) => index.summary.tenant === tenant).flatMap(({ entries }) => entries);
  }

  textsOf(tenant: string): string[] {
    return this.entriesOf(tenant).map(entryText);
  }
}

function byDay(cut: Cut): Map<string, Entry[]> {
  const streams = cut.streams.map((pairs) => Labels.fromSorted(pairs));
  const days = new Map<string, Entry[]>();
  for (const { block, rowCount } of cut.blocks) {
    for (const entry of entriesOfBlock(block, rowCount, { ...cut, streams })) {
      const day = utcDay(entry.timestamp);
      const entries = days.get(day) ?? [];
      entries.push(entry);
      days.set(day, entries);
    }
  }
  return days;
}

function indexOf(cut: Cut, day: string, entries: readonly Entry[], number: number): CommittedIndex {
  const timestamps = entries.map(({ timestamp }) => timestamp).sort((a, b) => (a < b ? -1 : 1));
  return {
    key: `${cut.tenant}/${day}/index/${number}`,
    sizeBytes: 0,
    coreBytes: 0,
    summary: {
      tenant: cut.tenant,
      day,
      chunkKey: `${cut.tenant}/${day}/chunk/${number}`,
      chunkBytes: 0,
      chunkChecksum: 0,
      minTimestamp: must(timestamps[0]),
      maxTimestamp: must(timestamps.at(-1)),
      rows: entries.length,
      lineBytes: 0,
      streams: 0,
      rowGroups: 1,
      coverage: [{ walId: cut.walId, firstSequence: cut.firstSequence, lastSequence: cut.lastSequence }],
      replaces: [],
    },
    tails: { hash: new BigUint64Array(0), lastTimestamp: new BigInt64Array(0) },
  };
}

export function outage(): SkaldError {
  return new SkaldError('unavailable', 'Cannot put object: the store is down');
}
