import { Labels } from '../../src/common/labels.ts';
import type { ExchangeSink } from './plan.ts';
import { namesRead } from './worker-labels.ts';

/** Groups of a fragment's streams. */
export interface StreamGroups {
  /** By stream ordinal: number of its group. */
  readonly group: Uint32Array;
  /** By number, in the order of Labels.compare. */
  readonly labels: readonly Labels[];
}

/**
 * The groups of an aggregation whose rows all have the group of their stream; null where a row may tell its own. Workers
 * then need a number per stream and no labels, and what they send back has none.
 */
export function streamGroups(root: ExchangeSink, streams: readonly Labels[]): StreamGroups | null {
  const names = namesRead(root);
  const { input } = root;
  if (names === 'all' || input.kind !== 'RangeAggregate' || input.input.kind !== 'ChunkScan') return null;
  const { metadata } = input.input.projection;
  if (metadata === 'all' || metadata.length > 0) return null;
  return remembered(streams, input.op === 'absent_over_time' ? [] : (input.grouping?.names ?? []));
}

/** Groupings kept of one list of streams. */
const GROUPINGS_MAX = 8;

/** By list of streams, which the catalog keeps where a query asks for many again; then by names, latest last. */
const known = new WeakMap<readonly Labels[], Map<string, StreamGroups>>();

function remembered(streams: readonly Labels[], names: readonly string[]): StreamGroups {
  const key = JSON.stringify(names);
  const groupings = known.get(streams) ?? new Map<string, StreamGroups>();
  const groups = groupings.get(key) ?? groupBy(streams, names);
  groupings.delete(key);
  groupings.set(key, groups);
  for (const [oldest] of groupings) if (groupings.size > GROUPINGS_MAX) groupings.delete(oldest);
  known.set(streams, groupings);
  return groups;
}

function groupBy(streams: readonly Labels[], names: readonly string[]): StreamGroups {
  const numbers = new Uint32Array(streams.length);
  const tables = names.map(() => new ValueTable());
  for (const [i, labels] of streams.entries()) {
    let number = 0;
    for (let n = 0; n < names.length; n++) number = tables[n].number(number, labels.get(names[n]));
    numbers[i] = number;
  }
  const first: number[] = [];
  for (let i = 0; i < streams.length; i++) first[numbers[i]] ??= i;
  const labels = first.map((i) => streams[i].pick(names));
  const order = Array.from(labels.keys()).sort((a, b) => Labels.compare(labels[a], labels[b]));
  const rank = new Uint32Array(order.length);
  for (const [position, number] of order.entries()) rank[number] = position;
  return { group: numbers.map((number) => rank[number]), labels: order.map((number) => labels[number]) };
}

/** Numbers pairs of what was seen of a stream so far and its value of one more label, from 0 on. */
class ValueTable {
  /** By what was seen so far. */
  readonly #values: Map<string | undefined, number>[] = [];
  #size = 0;

  number(before: number, value: string | undefined): number {
    const values = (this.#values[before] ??= new Map<string | undefined, number>());
    let number = values.get(value);
    if (number === undefined) values.set(value, (number = this.#size++));
    return number;
  }
}
