import type { Labels } from '../../src/common/labels.ts';
import type { Cut } from '../chunk/cut.ts';
import type { BlockWriter } from './block-writer.ts';
import type { HeadColumns } from './columns.ts';
import { GrowableInt32 } from './growable.ts';
import { LateRanges } from './late-ranges.ts';
import type { StreamTable } from './stream-table.ts';

/**
 * Blocks that are flushed together, and the tenant's WAL records that they hold. The last group of a head is open;
 * closed ones wait for their commit and do not change.
 */
export class HeadGroup {
  readonly walId: string;
  readonly firstSequence: number;
  lastSequence: number;
  readonly openedAtMs: number;
  lastAppendMs: number;
  readonly blocks: BlockWriter[] = [];
  readonly late = new LateRanges();
  /** Streams that have rows here, and by ordinal whether a stream is among them. */
  readonly #streams: number[] = [];
  readonly #hasStream = new GrowableInt32(0);
  /** Per stream of `#streams`: the newest timestamp of the head when the group was closed, low and high half. */
  #lastHalves = new Int32Array(0);

  constructor(walId: string, sequence: number, nowMs: number) {
    this.walId = walId;
    this.firstSequence = sequence;
    this.lastSequence = sequence;
    this.openedAtMs = nowMs;
    this.lastAppendMs = nowMs;
  }

  get rowCount(): number {
    return this.blocks.reduce((sum, block) => sum + block.rowCount, 0);
  }

  get usedBytes(): number {
    return this.blocks.reduce((sum, block) => sum + block.usedBytes, 0);
  }

  get streamCount(): number {
    return this.#streams.length;
  }

  has(columns: HeadColumns, row: number): boolean {
    for (let i = this.blocks.length - 1; i >= 0; i--) {
      if (this.blocks[i].has(columns, row)) return true;
    }
    return false;
  }

  /** Takes note of the streams of rows `[start, end)`; `streamCount` is that of the head. */
  touch(stream: Uint32Array, start: number, end: number, streamCount: number): void {
    this.#hasStream.reserve(streamCount);
    const hasStream = this.#hasStream.items;
    for (let row = start; row < end; row++) {
      const ordinal = stream[row];
      if (hasStream[ordinal] !== 0) continue;
      hasStream[ordinal] = 1;
      this.#streams.push(ordinal);
    }
  }

  /** No more rows will come. */
  close(table: StreamTable): void {
    this.#lastHalves = new Int32Array(this.#streams.length * 2);
    for (const [index, ordinal] of this.#streams.entries()) {
      this.#lastHalves[2 * index] = table.lastLow(ordinal);
      this.#lastHalves[2 * index + 1] = table.lastHigh(ordinal);
    }
  }

  /** Everything in this closed group, and before it, is committed. */
  commit(table: StreamTable): void {
    for (const [index, ordinal] of this.#streams.entries()) {
      table.commit(ordinal, this.#lastHalves[2 * index + 1], this.#lastHalves[2 * index]);
    }
  }

  /** Labels of other streams are left out: a cut costs what it holds, not what the head knows. */
  toCut(tenant: string, streams: readonly Labels[], levels: readonly string[], metadataNames: readonly string[]): Cut {
    const none: Labels['pairs'] = [];
    const pairs = new Array<Labels['pairs']>(streams.length).fill(none);
    for (const ordinal of this.#streams) pairs[ordinal] = streams[ordinal].pairs;
    return {
      tenant,
      walId: this.walId,
      firstSequence: this.firstSequence,
      lastSequence: this.lastSequence,
      blocks: this.blocks.map(({ block, rowCount }) => ({ block, rowCount })),
      streams: pairs,
      levels,
      metadataNames,
      lateRanges: this.late.list(),
    };
  }
}
