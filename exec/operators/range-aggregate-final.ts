import type { RangeAggregate } from '../../planner/physical/plan.ts';
import { NS_PER_SECOND } from '../../src/common/time.ts';
import { Labels } from '../../src/common/labels.ts';
import { assert, must } from '../../src/common/assert.ts';
import { bucketGrid, type BucketGrid } from '../aggregate/bucket-grid.ts';
import { CellStore } from '../aggregate/cell-store.ts';
import { WindowComposer } from '../aggregate/compose-windows.ts';
import { groupLabels, groupLabelsBytes, NO_GROUPS } from '../aggregate/group-list.ts';
import { groupOrder } from '../aggregate/group-order.ts';
import { GroupTable } from '../aggregate/group-table.ts';
import type {
  CellPartial,
  FailedPartial,
  PartialAggregate,
  SamplePartial,
  ValuePartial,
} from '../aggregate/partial-aggregate.ts';
import { firstFailure, PipelineError } from '../aggregate/pipeline-error.ts';
import type { RangeAccumulator } from '../aggregate/range-accumulator.ts';
import { isSampleOp, rangeAccumulator } from '../aggregate/range-accumulators.ts';
import { quantileOverTime } from '../aggregate/range/quantile-over-time.ts';
import { rateCounter } from '../aggregate/range/rate-counter.ts';
import { SampleCollector } from '../aggregate/sample-collector.ts';
import { forEachWindow, sortSamples } from '../aggregate/sample-windows.ts';
import { PARTIAL_VALUE_BYTES } from '../aggregate/value-collector.ts';
import { GROUPED_VALUE_BYTES, type NumberedValues, ValuesByGroup } from '../aggregate/value-windows.ts';
import type { Operator, QueryContext } from '../operator.ts';
import {
  constantBlock,
  createSeriesBlock,
  deferredLabels,
  releaseSeriesBlock,
  type SeriesBlock,
  type SeriesNames,
  withoutEmptySeries,
} from './series-block.ts';

/**
 * Merges the partial results of all workers and computes the values. Yields one block, series in label order. Errors:
 * SkaldError `pipeline_error`, when a worker met a row with an error.
 */
export class RangeAggregateFinal implements Operator<SeriesBlock> {
  readonly #node: RangeAggregate;
  readonly #input: Operator<PartialAggregate>;
  readonly #context: QueryContext;
  readonly #grid: BucketGrid;
  readonly #groups: GroupTable;
  readonly #accumulator: RangeAccumulator | null;
  readonly #cells: CellStore;
  readonly #samples: SampleCollector | null;
  readonly #values: NumberedValues[] = [];
  /** Groups that the coordinator has numbered, in label order; asked for when a result refers to them. */
  readonly #givenGroups: () => readonly Labels[] | null;
  #given: readonly Labels[] | null = null;
  /** What the budget paid for the labels of the answer. */
  #labelsBytes = 0;
  /** And for values. */
  #valueBytes = 0;
  #failure: FailedPartial | null = null;
  #isDone = false;

  constructor(
    node: RangeAggregate,
    input: Operator<PartialAggregate>,
    context: QueryContext,
    givenGroups: () => readonly Labels[] | null = () => null,
  ) {
    this.#givenGroups = givenGroups;
    this.#node = node;
    this.#input = input;
    this.#context = context;
    this.#grid = bucketGrid(node.grid, node.rangeNs, node.offsetNs);
    this.#groups = new GroupTable(context.budget);
    const { op } = node;
    this.#accumulator = isSampleOp(op) ? null : rangeAccumulator(op, node.unwrap !== null, this.#rangeSeconds());
    this.#cells = new CellStore(this.#grid.bucketCount, this.#accumulator?.fieldCount ?? 1, context.budget);
    this.#samples = op === 'rate_counter' ? new SampleCollector(context.budget) : null;
  }

  async open(): Promise<void> {
    await this.#input.open();
  }

  async next(): Promise<SeriesBlock | null> {
    if (this.#isDone) return null;
    for (let partial = await this.#input.next(); partial !== null; partial = await this.#input.next()) {
      this.#context.throwIfCancelled();
      this.#merge(partial);
    }
    this.#isDone = true;
    if (this.#failure !== null) throw new PipelineError(this.#failure);
    return this.#node.op === 'absent_over_time' ? this.#absent() : this.#compute();
  }

  close(): void {
    this.#cells.release();
    this.#samples?.release();
    this.#groups.release();
    this.#context.budget.release(this.#labelsBytes + this.#valueBytes);
    this.#labelsBytes = 0;
    this.#valueBytes = 0;
    this.#values.length = 0;
    this.#input.close();
  }

  #merge(partial: PartialAggregate): void {
    if (partial.kind === 'Failed') this.#failure = firstFailure(this.#failure, partial);
    if (partial.kind === 'Failed' || this.#failure !== null) return;
    if (partial.kind === 'Cells' && partial.groups.count === 0) {
      if (partial.count === 0) return;
      this.#given ??= must(this.#givenGroups(), 'a partial result has no groups');
      this.#mergeCells(partial, partial.group.subarray(0, partial.count), this.#given.length);
      return;
    }
    const numbers = this.#groups.numbersOf(partial.groups);
    if (partial.kind === 'Samples') must(this.#samples).append(partial, numbers);
    else if (partial.kind === 'Values') this.#addValues(partial, numbers);
    else this.#mergeCells(partial, numberedBy(partial, numbers), this.#groups.size);
  }

  /** `groups` are the numbers of the cells' groups here. */
  #mergeCells(partial: CellPartial, groups: Uint32Array, groupCount: number): void {
    const accumulator = must(this.#accumulator);
    assert(partial.fields.length === accumulator.fieldCount, 'partial result of another operation');
    const { count, bucket, fields } = partial;
    const cells = new Uint32Array(count);
    this.#cells.locate(groups, bucket, count, groupCount, cells);
    const into = this.#cells.fields;
    for (let i = 0; i < count; i++) accumulator.merge(into, cells[i], fields, i);
  }

  #compute(): SeriesBlock {
    const { budget } = this.#context;
    const { order, names } = this.#given === null ? this.#foundSeries() : this.#givenSeries(this.#given);
    const block = createSeriesBlock(this.#node.grid, names, budget);
    if (this.#samples !== null) this.#computeSamples(block, order, this.#samples.partial(NO_GROUPS));
    else if (this.#node.op === 'quantile_over_time') this.#computeValues(block, order);
    else this.#computeCells(block, order);
    return withoutEmptySeries(block, budget);
  }

  /** Of the groups that the coordinator has numbered, in label order, those that may be in the answer. */
  #givenSeries(given: readonly Labels[]): SeriesToCompute {
    const order = Uint32Array.from(given.keys()).filter((group) => this.#cells.hasCells(group));
    const labels = deferredLabels(() => Array.from(order, (group) => given[group]));
    return { order, names: { seriesCount: order.length, labels, isOrdered: true, groupedBy: this.#names() } };
  }

  /** The groups that workers found. Series with an error may have more labels than the grouping keeps (fact 52). */
  #foundSeries(): SeriesToCompute {
    const list = this.#groups.list();
    this.#labelsBytes = groupLabelsBytes(list);
    this.#context.budget.reserve(this.#labelsBytes);
    const order = groupOrder(list);
    const labels = deferredLabels(() => {
      const all = groupLabels(list);
      return Array.from(order, (group) => all[group]);
    });
    const names = this.#names();
    const groupedBy = list.shapes.every((shape) => shape.every((name) => names?.includes(name))) ? names : null;
    return { order, names: { seriesCount: order.length, labels, isOrdered: true, groupedBy } };
  }

  /** The names of a grouping `by`. */
  #names(): readonly string[] | null {
    const { grouping } = this.#node;
    return grouping === null || grouping.without ? null : grouping.names;
  }

  #computeCells(block: SeriesBlock, order: Uint32Array): void {
    if (this.#grid.bucketCount === 0) return;
    const composer = new WindowComposer(this.#grid, must(this.#accumulator));
    for (let s = 0; s < order.length; s++) {
      if (s % 64 === 0) this.#context.throwIfCancelled();
      composer.compose(this.#cells, order[s], block.values, block.present, s * block.steps);
    }
  }

  #computeSamples(block: SeriesBlock, order: Uint32Array, samples: SamplePartial): void {
    const { grid, rangeNs, offsetNs } = this.#node;
    const sorted = sortSamples(samples, order.length);
    const valueOf = rateCounter(this.#rangeSeconds());
    for (let s = 0; s < order.length; s++) {
      this.#context.throwIfCancelled();
      forEachWindow(sorted, order[s], grid, rangeNs, offsetNs, (step, window) => {
        block.values[s * block.steps + step] = valueOf(window);
        block.present[s * block.steps + step] = 1;
      });
    }
  }

  #addValues(partial: ValuePartial, groups: Uint32Array): void {
    const sizeBytes = partial.count * (GROUPED_VALUE_BYTES + PARTIAL_VALUE_BYTES);
    this.#context.budget.reserve(sizeBytes);
    this.#valueBytes += sizeBytes;
    this.#values.push({ partial, groups });
  }

  #computeValues(block: SeriesBlock, order: Uint32Array): void {
    const values = new ValuesByGroup(this.#values, order.length, this.#grid);
    const valueOf = quantileOverTime(must(this.#node.parameter));
    for (let s = 0; s < order.length; s++) {
      this.#context.throwIfCancelled();
      values.forEachWindow(order[s], (step, range) => {
        block.values[s * block.steps + step] = valueOf(range);
        block.present[s * block.steps + step] = 1;
      });
    }
  }

  /** 1 at the steps whose window is empty (facts 40, 41). */
  #absent(): SeriesBlock {
    const { budget } = this.#context;
    const found = this.#compute();
    const block = constantBlock(this.#node.grid, 1, this.#node.absentLabels ?? Labels.empty, budget, 'vector');
    for (let s = 0; s < found.seriesCount; s++) {
      for (let k = 0; k < found.steps; k++) if (found.present[s * found.steps + k] === 1) block.present[k] = 0;
    }
    releaseSeriesBlock(found, budget);
    return withoutEmptySeries(block, budget);
  }

  #rangeSeconds(): number {
    return Number(this.#node.rangeNs) / Number(NS_PER_SECOND);
  }
}

/** Numbers of the groups in the order of the answer, and what their series are called. */
interface SeriesToCompute {
  readonly order: Uint32Array;
  readonly names: SeriesNames;
}

/** The group of each cell by numbers of the partial's groups. */
function numberedBy({ count, group }: CellPartial, numbers: Uint32Array): Uint32Array {
  const groups = new Uint32Array(count);
  for (let i = 0; i < count; i++) groups[i] = numbers[group[i]];
  return groups;
}
