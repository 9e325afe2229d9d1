import { Labels } from '../../src/common/labels.ts';
import { NS_PER_DAY, utcDay } from '../../src/common/time.ts';
import type { Cut } from './cut.ts';
import { sortRun } from './sort-run.ts';
import type { DayRows } from './split-days.ts';

/** Rows of one day of a cut in the order of a chunk: stream, timestamp, arrival. */
export interface SortedRows {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly dayStart: bigint;
  readonly rowCount: number;
  /** Streams that have rows, in the order of Labels.compare; `stream` refers to them. */
  readonly streams: readonly Labels[];
  /** Head stream ordinal → chunk stream ordinal, or -1. */
  readonly chunkStream: Int32Array;
  readonly stream: Uint32Array;
  /** Where each row is: block of the cut, and row of the block. */
  readonly block: Uint32Array;
  readonly row: Uint32Array;
  /** Nanoseconds since `dayStart`. */
  readonly time: Float64Array;
}

export function sortRows(cut: Cut, { day, rows, time }: DayRows): SortedRows {
  const located = locate(cut, rows);
  const { chunkStream, streams, first } = orderStreams(cut, located.headStream);
  const sortedTime = new Float64Array(rows.length);
  const order = new Uint32Array(rows.length);
  const next = first.slice();
  for (let i = 0; i < rows.length; i++) {
    const ordinal = chunkStream[located.headStream[i]];
    const at = next[ordinal];
    next[ordinal] = at + 1;
    sortedTime[at] = time[i];
    order[at] = i;
  }
  const scratch = { keys: new Float64Array(rows.length), items: new Uint32Array(rows.length) };
  const stream = new Uint32Array(rows.length);
  for (let ordinal = 0; ordinal < streams.length; ordinal++) {
    const start = first[ordinal];
    const end = first[ordinal + 1];
    sortRun(sortedTime, order, start, end, scratch);
    stream.fill(ordinal, start, end);
  }
  const dayStart = BigInt(day) * NS_PER_DAY;
  return {
    day: utcDay(dayStart),
    dayStart,
    rowCount: rows.length,
    streams,
    chunkStream,
    stream,
    block: pick(located.block, order),
    row: pick(located.row, order),
    time: sortedTime,
  };
}

/** Block, row and head stream of rows that are numbered through all blocks, ascending. */
function locate(cut: Cut, rows: Uint32Array) {
  const block = new Uint32Array(rows.length);
  const row = new Uint32Array(rows.length);
  const headStream = new Uint32Array(rows.length);
  let i = 0;
  let base = 0;
  for (const [number, { block: source, rowCount }] of cut.blocks.entries()) {
    for (const end = base + rowCount; i < rows.length && rows[i] < end; i++) {
      block[i] = number;
      row[i] = rows[i] - base;
      headStream[i] = source.stream[row[i]];
    }
    base += rowCount;
  }
  return { block, row, headStream };
}

/** The streams that occur, in chunk order, and the first row of each. */
function orderStreams(cut: Cut, headStream: Uint32Array) {
  const counts = new Uint32Array(cut.streams.length);
  for (let i = 0; i < headStream.length; i++) {
    const ordinal = headStream[i];
    counts[ordinal] = counts[ordinal] + 1;
  }
  const present: { ordinal: number; labels: Labels }[] = [];
  for (const [ordinal, pairs] of cut.streams.entries()) {
    if (counts[ordinal] !== 0) present.push({ ordinal, labels: Labels.fromSorted(pairs) });
  }
  present.sort((a, b) => Labels.compare(a.labels, b.labels));
  const chunkStream = new Int32Array(cut.streams.length).fill(-1);
  const first = new Uint32Array(present.length + 1);
  for (const [i, { ordinal }] of present.entries()) {
    chunkStream[ordinal] = i;
    first[i + 1] = first[i] + counts[ordinal];
  }
  return { chunkStream, streams: present.map(({ labels }) => labels), first };
}

function pick(items: Uint32Array, order: Uint32Array): Uint32Array {
  const picked = new Uint32Array(order.length);
  for (let i = 0; i < order.length; i++) picked[i] = items[order[i]];
  return picked;
}
