import { assert } from '../../src/common/assert.ts';
import { freeArrays } from '../../src/common/free-arrays.ts';
import type { Clock } from '../../src/common/runtime.ts';
import type { Labels } from '../../src/common/labels.ts';
import type { Cut } from '../chunk/cut.ts';
import { BlockSizes } from './block-sizes.ts';
import { BlockWriter } from './block-writer.ts';
import type { BlockCapacity } from './block-writer.ts';
import { halvesOf } from './columns.ts';
import type { HeadColumns } from './columns.ts';
import type { EntryBatch } from './entry-batch.ts';
import { HeadGroup } from './head-group.ts';
import type { HeadView } from './head-view.ts';
import { NameTable } from './name-table.ts';
import { StreamTable } from './stream-table.ts';

export interface TenantHeadOptions {
  readonly tenant: string;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Random: see hashKey. */
  readonly seed: number;
  /** Ids are unique in the process. */
  nextBlockId(): string;
  /** Newest committed timestamp of a stream. */
  lastCommitted(streamKey: string): bigint | undefined;
  /** LARGEST_BLOCK, unless a test wants small blocks. */
  readonly largestBlock?: BlockCapacity;
}

/** What an append did. */
export interface AppendResult {
  readonly stored: number;
  readonly duplicates: number;
}

/** Level ids are 16 bits; 0 is none. */
export const LEVELS_MAX = 0xffff;
export const LARGEST_BLOCK: BlockCapacity = { rows: 65_536, lineBytes: 4 << 20, pairs: 131_072, valueBytes: 2 << 20 };
/**
 * The recent entries of one tenant, in the order of their arrival, in shared memory. One thread appends; views are
 * consistent when taken between appends. Each distinct entry is kept once (spec fact 18).
 */
export class TenantHead {
  readonly tenant: string;
  readonly #options: TenantHeadOptions;
  readonly #table: StreamTable;
  readonly #levels = new NameTable();
  readonly #metadataNames = new NameTable();
  /** Oldest first; all but the last are closed, and the last may be. */
  readonly #groups: HeadGroup[] = [];
  readonly #sizes: BlockSizes;
  #open: HeadGroup | null = null;

  constructor(options: TenantHeadOptions) {
    this.tenant = options.tenant;
    this.#options = options;
    this.#sizes = new BlockSizes(options.largestBlock ?? LARGEST_BLOCK);
    this.#table = new StreamTable((key) => options.lastCommitted(key));
  }

  /** Groups that are not committed, oldest first. */
  get groups(): readonly HeadGroup[] {
    return this.#groups;
  }

  /** The group that takes appends, if it has rows or records. */
  get open(): HeadGroup | null {
    return this.#open;
  }

  get usedBytes(): number {
    return this.#groups.reduce((sum, group) => sum + group.usedBytes, 0);
  }

  get rowCount(): number {
    return this.#groups.reduce((sum, group) => sum + group.rowCount, 0);
  }

  /** All streams that the head knows, with or without rows. */
  get streamCount(): number {
    return this.#table.streams.length;
  }

  hasStream(labels: Labels): boolean {
    return this.#table.has(labels);
  }

  get levelCount(): number {
    return this.#levels.names.length;
  }

  /**
   * Appends a push that is WAL record `sequence` of `walId`. Sequences of a WAL arrive in ascending order; records of
   * another WAL close the open group. Entries that the head already holds are dropped.
   */
  append(batch: EntryBatch, walId: string, sequence: number): AppendResult {
    const columns = this.#mapped(batch);
    const group = this.#groupFor(walId, sequence);
    const { stream, timestampHalves } = columns;
    let runStart = 0;
    let duplicates = 0;
    for (let row = 0; row < batch.rowCount; row++) {
      const ordinal = stream[row];
      const low = timestampHalves[2 * row];
      const high = timestampHalves[2 * row + 1];
      if (this.#table.advance(ordinal, high, low)) continue;
      // Earlier rows of this push must be found, too.
      this.#store(group, columns, runStart, row);
      runStart = row;
      if (this.#has(columns, row)) {
        duplicates += 1;
        runStart = row + 1;
      } else if (this.#table.isLate(ordinal, high, low)) group.late.add(ordinal, high, low);
    }
    this.#store(group, columns, runStart, batch.rowCount);
    freeArrays(columns.stream, columns.level, columns.metadataName);
    return { stored: batch.rowCount - duplicates, duplicates };
  }

  /** Everything that is not committed. Call `view` and ask the catalog in the same turn. */
  view(): HeadView {
    return {
      streams: this.#table.streams,
      select: (matchers) => this.#table.postings.select(matchers),
      blocks: this.#groups.flatMap((group) => group.blocks.map((block) => block.view())),
      levels: this.#levels.names,
      metadataNames: this.#metadataNames.names,
      lateRanges: this.#groups.flatMap((group) => group.late.list()),
    };
  }

  /** Closes the open group, if it has rows. A group without rows is forgotten: all its entries were duplicates. */
  close(): HeadGroup | null {
    const group = this.#open;
    this.#open = null;
    if (group === null) return null;
    group.close(this.#table);
    if (group.rowCount > 0) return group;
    this.#groups.splice(this.#groups.indexOf(group), 1);
    return null;
  }

  /** What the flush of a closed group writes. */
  cutOf(group: HeadGroup): Cut {
    return group.toCut(this.tenant, this.#table.streams, this.#levels.names, this.#metadataNames.names);
  }

  /** The oldest group is committed: its rows are no longer the head's. */
  release(group: HeadGroup): void {
    assert(group !== this.#open && group === this.#groups[0], 'groups are committed in order');
    this.#groups.shift();
    group.commit(this.#table);
  }

  #groupFor(walId: string, sequence: number): HeadGroup {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#open !== null && this.#open.walId !== walId) this.close();
    if (this.#open === null) {
      this.#open = new HeadGroup(walId, sequence, nowMs);
      this.#groups.push(this.#open);
    }
    assert(sequence >= this.#open.lastSequence, 'records arrive in order');
    this.#open.lastSequence = sequence;
    this.#open.lastAppendMs = nowMs;
    return this.#open;
  }

  #has(columns: HeadColumns, row: number): boolean {
    for (let i = this.#groups.length - 1; i >= 0; i--) {
      if (this.#groups[i].has(columns, row)) return true;
    }
    return false;
  }

  #store(group: HeadGroup, columns: HeadColumns, start: number, end: number): void {
    if (start >= end) return;
    group.touch(columns.stream, start, end, this.#table.streams.length);
    let next = start;
    while (next < end) {
      let block = group.blocks.at(-1);
      let count = block?.fitting(columns, next, end) ?? 0;
      if (block === undefined || count === 0) {
        const index = group.blocks.length;
        if (block !== undefined) this.#sizes.noteFull(block.capacity, block.used, index - 1);
        const capacity = this.#sizes.next(index, columns, next);
        block = new BlockWriter(this.#options.nextBlockId(), capacity, this.#options.seed);
        group.blocks.push(block);
        count = block.fitting(columns, next, end);
      }
      assert(count > 0, 'a new block has room for its first row');
      block.append(columns, next, next + count);
      next += count;
    }
  }

  /** The batch with the head's ids instead of its own. */
  #mapped(batch: EntryBatch): HeadColumns {
    const { rowCount, stream, level, metadataName } = batch;
    const ordinals = new Uint32Array(batch.streams.length);
    for (let i = 0; i < ordinals.length; i++) ordinals[i] = this.#table.ordinalOf(batch.streams[i]);
    const levels = Uint16Array.from(batch.levels, (name) => this.#levels.idOf(name) + 1);
    assert(this.#levels.names.length <= LEVELS_MAX, 'the level table is not full');
    const names = Uint32Array.from(batch.metadataNames, (name) => this.#metadataNames.idOf(name));
    const mappedStream = new Uint32Array(rowCount);
    const mappedLevel = new Uint16Array(rowCount);
    for (let row = 0; row < rowCount; row++) mappedStream[row] = ordinals[stream[row]];
    if (batch.levels.length > 0) {
      for (let row = 0; row < rowCount; row++) {
        const id = level[row];
        if (id !== 0) mappedLevel[row] = levels[id - 1];
      }
    }
    const pairs = batch.metadataOffsets[rowCount];
    const mappedName = new Uint32Array(pairs);
    for (let pair = 0; pair < pairs; pair++) mappedName[pair] = names[metadataName[pair]];
    return {
      stream: mappedStream,
      timestampHalves: halvesOf(batch.timestamp),
      lineOffsets: batch.lineOffsets,
      lines: batch.lines,
      level: mappedLevel,
      metadataOffsets: batch.metadataOffsets,
      metadataName: mappedName,
      metadataValueOffsets: batch.metadataValueOffsets,
      metadataValues: batch.metadataValues,
    };
  }
}
