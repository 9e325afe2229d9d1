import { assert, must } from '../../src/common/assert.ts';
import type { RangeAggregate } from '../../planner/physical/plan.ts';
import type { Batch } from '../batch/batch.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import type { FragmentContext } from '../fragment-context.ts';
import type { Operator } from '../operator.ts';
import type { BatchUnwrap } from '../stages/unwrap.ts';
import { BucketAssigner, bucketGrid, type BucketGrid } from '../aggregate/bucket-grid.ts';
import { CellStore } from '../aggregate/cell-store.ts';
import { GroupKeys } from '../aggregate/group-keys.ts';
import { GroupTable } from '../aggregate/group-table.ts';
import { seriesGrouping } from '../aggregate/apply-grouping.ts';
import type { CellPartial, FailedPartial, PartialAggregate } from '../aggregate/partial-aggregate.ts';
import { errorRows, failureOf, firstFailure } from '../aggregate/pipeline-error.ts';
import type { RangeAccumulator } from '../aggregate/range-accumulator.ts';
import { isSampleOp, rangeAccumulator } from '../aggregate/range-accumulators.ts';
import type { RunTotals } from '../aggregate/run-totals.ts';
import { SampleCollector } from '../aggregate/sample-collector.ts';
import { ValueCollector } from '../aggregate/value-collector.ts';

const NO_VALUES = new Float64Array(0);

/**
 * Range aggregation below the exchange: rows go straight into (group, bucket) accumulators. Yields one partial result
 * when its input has ended. After a row with an error, only rows that are not later matter: there may be an earlier one
 * with an error, and it is the earliest that the query fails with.
 */
export class RangeAggregatePartial implements Operator<PartialAggregate> {
  readonly #node: RangeAggregate;
  readonly #input: Operator<MutableBatch>;
  readonly #unwrap: BatchUnwrap | null;
  /** What the scan counted from statistics, or null where rows have to be looked at. */
  readonly #totals: RunTotals | null;
  readonly #context: FragmentContext;
  readonly #grid: BucketGrid;
  readonly #assigner: BucketAssigner;
  readonly #groups: GroupTable;
  readonly #keys: GroupKeys;
  readonly #accumulator: RangeAccumulator | null;
  readonly #cells: CellStore;
  readonly #samples: SampleCollector | null;
  readonly #values: ValueCollector | null;
  #scratch = new Scratch(0);
  #failure: FailedPartial | null = null;
  #isDone = false;

  constructor(
    node: RangeAggregate,
    input: Operator<MutableBatch>,
    unwrap: BatchUnwrap | null,
    context: FragmentContext,
    totals: RunTotals | null = null,
  ) {
    this.#totals = totals;
    this.#node = node;
    this.#input = input;
    this.#unwrap = unwrap;
    this.#context = context;
    this.#grid = bucketGrid(node.grid, node.rangeNs, node.offsetNs);
    this.#assigner = new BucketAssigner(this.#grid);
    const given = context.groups;
    this.#groups = new GroupTable(context.budget, given?.count);
    this.#keys = new GroupKeys(groupingOf(node), this.#groups, context.budget, given?.group);
    const { op } = node;
    this.#accumulator = isSampleOp(op) ? null : rangeAccumulator(op, node.unwrap !== null, 1);
    this.#cells = new CellStore(this.#grid.bucketCount, this.#accumulator?.fieldCount ?? 1, context.budget);
    this.#samples = op === 'rate_counter' ? new SampleCollector(context.budget) : null;
    this.#values = op === 'quantile_over_time' ? new ValueCollector(context.budget) : null;
    totals?.onFull(() => this.#addTotals(totals));
  }

  async open(): Promise<void> {
    await this.#input.open();
  }

  async next(): Promise<PartialAggregate | null> {
    if (this.#isDone) return null;
    for (let batch = await this.#input.next(); batch !== null; batch = await this.#input.next()) {
      this.#context.throwIfCancelled();
      this.#consume(batch);
    }
    this.#isDone = true;
    if (this.#failure !== null) return this.#failure;
    if (this.#totals !== null) this.#addTotals(this.#totals);
    return (this.#samples ?? this.#values)?.partial(this.#groups.list()) ?? this.#cellPartial();
  }

  close(): void {
    this.#cells.release();
    this.#samples?.release();
    this.#values?.release();
    this.#groups.release();
    this.#keys.release();
    this.#input.close();
  }

  #consume(batch: MutableBatch): void {
    const values = this.#unwrap === null ? null : this.#unwrap.apply(batch);
    this.#context.counters.rowsPassed += batch.selectedCount;
    const scratch = this.#sized(batch.selectedCount);
    const count = this.#placeInBuckets(batch, scratch);
    if (count === 0) return;
    const { rows, groups, buckets, cells } = scratch;
    const { preserved, failing } = errorRows(batch, rows, count);
    for (const i of failing) this.#fail(batch, rows[i]);
    if (this.#failure !== null) return;
    this.#keys.assign(batch, rows, count, groups);
    // A series with an error keeps all its labels until an outer aggregation (fact 52).
    for (const i of preserved) groups[i] = this.#groups.number(batch.labels.row(rows[i]));
    this.#fillValues(batch, values, rows, count, scratch.values);
    const timestamps = must(batch.timestamp);
    const { rank } = must(this.#context.position);
    if (this.#samples !== null) {
      this.#samples.add(groups, timestamps, rows, rank, scratch.values, count);
      return;
    }
    if (this.#values !== null) {
      this.#values.add(groups, buckets, scratch.values, count);
      return;
    }
    this.#cells.locate(groups, buckets, count, this.#groups.size, cells);
    const halves = new Int32Array(timestamps.buffer, timestamps.byteOffset, timestamps.length * 2);
    const { stream: streams } = batch;
    this.#accumulator?.add(this.#cells.fields, { count, cells, values: scratch.values, halves, rows, streams, rank });
  }

  #fail(batch: Batch, row: number): void {
    const known = this.#failure;
    if (known !== null && must(batch.timestamp)[row] > known.timestampNs) return;
    this.#failure = firstFailure(known, failureOf(batch, row));
    this.#context.bound?.offer(this.#failure.timestampNs);
  }

  #addTotals(totals: RunTotals): void {
    const { areGroups, streams: groups, levels, levelNames, buckets, fields } = totals.drain();
    const count = groups.length;
    if (!areGroups) this.#keys.assignLevels(this.#context.streams, levelNames, groups, levels, count);
    const cells = new Uint32Array(count);
    this.#cells.locate(groups, buckets, count, this.#groups.size, cells);
    for (let i = 0; i < count; i++) this.#accumulator?.merge(this.#cells.fields, cells[i], fields, i);
  }

  /** Rows that lie in some window, with their buckets, packed to the front of the scratch columns. */
  #placeInBuckets(batch: Batch, { rows, buckets }: Scratch): number {
    this.#assigner.assign(must(batch.timestamp), batch.selection, batch.selectedCount, buckets);
    let count = 0;
    for (let i = 0; i < batch.selectedCount; i++) {
      const bucket = buckets[i];
      if (bucket < 0) continue;
      rows[count] = batch.selection[i];
      buckets[count++] = bucket;
    }
    return count;
  }

  #fillValues(batch: Batch, values: Float64Array | null, rows: Uint32Array, count: number, out: Float64Array): void {
    const { op } = this.#node;
    if (values !== null) {
      for (let i = 0; i < count; i++) out[i] = values[rows[i]];
    } else if (op === 'bytes_over_time' || op === 'bytes_rate') {
      const { offsets } = must(batch.line, 'lines of a bytes aggregation are not loaded');
      for (let i = 0; i < count; i++) {
        const row = rows[i];
        out[i] = offsets[row + 1] - offsets[row];
      }
    }
  }

  #cellPartial(): CellPartial {
    const accumulator = must(this.#accumulator);
    const total = this.#cells.countCells();
    const group = new Uint32Array(total);
    const bucket = new Int32Array(total);
    const fields = Array.from({ length: accumulator.fieldCount }, () => new Float64Array(total));
    let at = 0;
    const from = this.#cells.fields;
    for (let g = 0; g < this.#cells.groupCount; g++) {
      this.#cells.forEachCell(g, (b, cell) => {
        group[at] = g;
        bucket[at] = b;
        for (let f = 0; f < fields.length; f++) (fields[f] as Float64Array)[at] = (from[f] ?? NO_VALUES)[cell];
        at++;
      });
    }
    assert(at === total, 'cells changed while they were read');
    return { kind: 'Cells', groups: this.#groups.list(), count: total, group, bucket, fields };
  }

  #sized(count: number): Scratch {
    if (count > this.#scratch.length) this.#scratch = new Scratch(Math.max(count, this.#scratch.length * 2));
    return this.#scratch;
  }
}

/** absent_over_time only asks whether anything is there: one group. */
function groupingOf(node: RangeAggregate): RangeAggregate['grouping'] {
  if (node.op === 'absent_over_time') return { without: false, names: [] };
  return seriesGrouping(node.grouping, node.unwrap?.label ?? null);
}

/** Columns for the rows of one batch, reused. */
class Scratch {
  readonly length: number;
  readonly rows: Uint32Array;
  readonly groups: Uint32Array;
  readonly buckets: Int32Array;
  readonly cells: Uint32Array;
  readonly values: Float64Array;

  constructor(length: number) {
    this.length = length;
    this.rows = new Uint32Array(length);
    this.groups = new Uint32Array(length);
    this.buckets = new Int32Array(length);
    this.cells = new Uint32Array(length);
    this.values = new Float64Array(length);
  }
}
