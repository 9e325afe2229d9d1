import type { Grouping } from '../../planner/ir/metric.ts';
import type { Labels } from '../../src/common/labels.ts';
import { LEVEL_LABEL } from '../../src/common/level-label.ts';
import { compareUtf8 } from '../../src/common/utf8.ts';
import type { Batch } from '../batch/batch.ts';
import type { LabelReader } from '../batch/label-columns.ts';
import type { ViewColumn } from '../batch/view-column.ts';
import type { MemoryBudget } from '../operator.ts';
import { applyGrouping } from './apply-grouping.ts';
import type { GroupTable, NamedReader } from './group-table.ts';
import { ValueInterner } from './value-interner.ts';
import { PairInterner } from './pair-interner.ts';

const UNKNOWN = -1;

/**
 * Assigns group numbers to rows. A row whose group is told by its stream alone is one array look-up. Otherwise the
 * values of the labels that tell groups apart become small integers, and those are combined pairwise into one; the group
 * is looked up once per distinct combination, never per row.
 */
export class GroupKeys {
  readonly #grouping: Grouping | null;
  readonly #groups: GroupTable;
  /** Group of a stream whose rows have no other labels, or UNKNOWN. */
  #streamGroups = new Int32Array(0);
  readonly #values = new Map<string, ValueInterner>();
  /** Combinations by the names that they are of: batches may have different columns. */
  readonly #combinations = new Map<string, Combinations>();
  readonly #budget: MemoryBudget;
  #reserved = 0;
  /** Number of the group by stream, where all rows have that of their stream. */
  readonly #given: Uint32Array | null;

  constructor(grouping: Grouping | null, groups: GroupTable, budget: MemoryBudget, given: Uint32Array | null = null) {
    this.#given = given;
    this.#grouping = grouping;
    this.#groups = groups;
    this.#budget = budget;
  }

  /** Gives the memory back. */
  release(): void {
    this.#budget.release(this.#reserved);
    this.#reserved = 0;
    this.#values.clear();
    this.#combinations.clear();
  }

  /** `out[i]` = the group of `rows[i]`. */
  assign(batch: Batch, rows: Uint32Array, count: number, out: Uint32Array): void {
    if (this.#given !== null) {
      for (let i = 0; i < count; i++) out[i] = this.#given[batch.stream[rows[i]]];
      return;
    }
    const names = this.#distinguishingNames(batch);
    if (names.length > 0) this.#assignByValues(batch, names, rows, count, out);
    else {
      for (let i = 0; i < count; i++) out[i] = batch.stream[rows[i]];
      this.assignStreams(batch.streamTable, out, count);
    }
  }

  /** Names whose values, besides the stream where it matters, tell the groups of this batch apart. Empty: the stream does. */
  #distinguishingNames(batch: Batch): readonly string[] {
    const { labels } = batch;
    const columns = labels.columnNames();
    const grouping = this.#grouping;
    if (grouping !== null && !grouping.without) {
      return grouping.names.some((name) => columns.includes(name)) ? grouping.names : [];
    }
    const dropped = grouping?.names ?? [];
    return columns.filter((name) => !dropped.includes(name));
  }

  /** Replaces the query stream ordinals `out[0 .. count)` by the groups of streams whose rows have no other labels. */
  assignStreams(streamTable: readonly Labels[], out: Uint32Array, count: number): void {
    if (this.#streamGroups.length < streamTable.length) {
      const grown = new Int32Array(streamTable.length).fill(UNKNOWN);
      grown.set(this.#streamGroups);
      this.#streamGroups = grown;
      this.#reserveGrowth();
    }
    const streamGroups = this.#streamGroups;
    for (let i = 0; i < count; i++) {
      const ordinal = out[i];
      let group = streamGroups[ordinal];
      if (group === UNKNOWN) {
        group = this.#groups.number(applyGrouping(streamTable[ordinal], this.#grouping));
        streamGroups[ordinal] = group;
      }
      out[i] = group;
    }
  }

  /** The same for rows that also have a level, `names[levels[i] - 1]`, or none where that is 0. */
  assignLevels(
    streamTable: readonly Labels[],
    names: readonly string[],
    out: Uint32Array,
    levels: Uint32Array,
    count: number,
  ): void {
    if (this.#given !== null) {
      for (let i = 0; i < count; i++) out[i] = this.#given[out[i]];
      return;
    }
    const known = new Map<number, number>();
    const groupOf = (stream: number, level: number): number => {
      const labels = streamTable[stream];
      const all = level === 0 ? labels : labels.with(LEVEL_LABEL, names[level - 1]);
      return this.#groups.number(applyGrouping(all, this.#grouping));
    };
    for (let i = 0; i < count; i++) {
      const key = out[i] * (names.length + 1) + levels[i];
      let group = known.get(key);
      if (group === undefined) {
        group = groupOf(out[i], levels[i]);
        known.set(key, group);
      }
      out[i] = group;
    }
  }

  #assignByValues(batch: Batch, names: readonly string[], rows: Uint32Array, count: number, out: Uint32Array): void {
    const combinations = this.#combinationsOf(names);
    const isBy = this.#grouping !== null && !this.#grouping.without;
    if (!isBy) for (let i = 0; i < count; i++) out[i] = batch.stream[rows[i]];
    for (let n = 0; n < names.length; n++) {
      const name = names[n];
      // Of the first name alone, values are the combinations.
      const pairs = isBy && n === 0 ? null : combinations.pairs[n];
      const reader = batch.labels.reader(name);
      const view = pairs === null ? (reader.view ?? null) : null;
      if (view !== null) numberValues(view, this.#interner(name), rows, count, out);
      else combine(reader, this.#interner(name), pairs, rows, count, out);
    }
    const { groups } = combinations;
    const named = isBy ? namedReaders(batch, this.#grouping?.names ?? []) : [];
    for (let i = 0; i < count; i++) {
      const combination = out[i];
      let group = groups[combination];
      if (group === undefined) {
        group = isBy
          ? this.#groups.numberOfRow(named, rows[i])
          : this.#groups.number(applyGrouping(batch.labels.row(rows[i]), this.#grouping));
        groups[combination] = group;
      }
      out[i] = group;
    }
    this.#reserveGrowth();
  }

  /** Tables grow while rows are numbered; the budget hears of it once per batch. */
  #reserveGrowth(): void {
    let sizeBytes = this.#streamGroups.byteLength;
    for (const values of this.#values.values()) sizeBytes += values.sizeBytes;
    for (const { pairs, groups } of this.#combinations.values()) {
      sizeBytes += groups.length * 8;
      for (const pair of pairs) sizeBytes += pair.sizeBytes;
    }
    if (sizeBytes <= this.#reserved) return;
    this.#budget.reserve(sizeBytes - this.#reserved);
    this.#reserved = sizeBytes;
  }

  #interner(name: string): ValueInterner {
    let interner = this.#values.get(name);
    if (interner === undefined) {
      interner = new ValueInterner();
      this.#values.set(name, interner);
    }
    return interner;
  }

  #combinationsOf(names: readonly string[]): Combinations {
    const key = names.join('\u0000');
    let combinations = this.#combinations.get(key);
    if (combinations === undefined) {
      combinations = { pairs: names.map(() => new PairInterner()), groups: [] };
      this.#combinations.set(key, combinations);
    }
    return combinations;
  }
}

/** Readers of these names, sorted. */
function namedReaders(batch: Batch, names: readonly string[]): NamedReader[] {
  return [...new Set(names)].sort(compareUtf8).map((name) => ({ name, reader: batch.labels.reader(name) }));
}

interface Combinations {
  /** Per name: (combination of the names before it, value) → combination. */
  readonly pairs: readonly PairInterner[];
  /** Group by combination of all names. */
  readonly groups: number[];
}

/** `keys[i]` = the number of the value of `rows[i]` plus one, 0 where there is none: `combine` for the first name. */
function numberValues(
  { start: starts, length: lengths, lines, arena }: ViewColumn,
  values: ValueInterner,
  rows: Uint32Array,
  count: number,
  keys: Uint32Array,
): void {
  for (let i = 0; i < count; i++) {
    const length = lengths[rows[i]];
    if (length < 0) {
      keys[i] = 0;
      continue;
    }
    const start = starts[rows[i]];
    keys[i] =
      1 + (start >= 0 ? values.intern(lines, start, start + length) : values.intern(arena, ~start, ~start + length));
  }
}

/** Folds the label's value of each row into `keys[i]`; without `pairs`, nothing is there yet. */
function combine(
  reader: LabelReader,
  values: ValueInterner,
  pairs: PairInterner | null,
  rows: Uint32Array,
  count: number,
  keys: Uint32Array,
): void {
  let heap: Uint8Array | null = null;
  let start = -1;
  let end = -1;
  let id = 0;
  let lastKey = -1;
  let lastId = -1;
  let lastPair = 0;
  for (let i = 0; i < count; i++) {
    if (reader.at(rows[i])) {
      // Neighbours often share one dictionary entry.
      if (reader.start !== start || reader.end !== end || reader.heap !== heap) {
        ({ heap, start, end } = reader);
        id = values.intern(heap, start, end) + 1;
      }
    } else {
      id = 0;
      start = -1;
    }
    if (pairs === null) {
      keys[i] = id;
      continue;
    }
    const key = keys[i];
    if (key !== lastKey || id !== lastId) {
      lastKey = key;
      lastId = id;
      lastPair = pairs.intern(key, id);
    }
    keys[i] = lastPair;
  }
}
