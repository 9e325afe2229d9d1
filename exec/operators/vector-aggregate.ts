import type { VectorAggregationOp } from '../../planner/ir/metric.ts';
import type { VectorAggregate as VectorAggregateNode } from '../../planner/physical/plan.ts';
import { must } from '../../src/common/assert.ts';
import { Labels } from '../../src/common/labels.ts';
import { applyGrouping } from '../aggregate/apply-grouping.ts';
import { GroupTable } from '../aggregate/group-table.ts';
import { labelOrder } from '../aggregate/label-order.ts';
import type { RangeAccumulator, SampleRows } from '../aggregate/range-accumulator.ts';
import { type SelectingOp, vectorAccumulator } from '../aggregate/vector-accumulator.ts';
import type { Operator, QueryContext } from '../operator.ts';
import { BlockOperator } from './block-operator.ts';
import {
  createSeriesBlock,
  deferredLabels,
  releaseSeriesBlock,
  type SeriesBlock,
  seriesNames,
  type SeriesNames,
  withoutEmptySeries,
} from './series-block.ts';

/** Samples that are added with one call, and without a look at whether the query was cancelled. */
const SAMPLES_AT_ONCE = 4096;

/** The groups of a block's series. */
export interface SeriesGroups {
  /** Number of the group of each series. */
  readonly group: Uint32Array;
  /** Groups by number. */
  readonly groups: SeriesNames;
}

/** sum, avg, min, max, count, stddev, stdvar per group and step over the samples that are present (fact 60). */
export class VectorAggregate extends BlockOperator {
  readonly #node: VectorAggregateNode;
  readonly #accumulator: RangeAccumulator;
  readonly #context: QueryContext;
  readonly #groups: GroupTable;

  constructor(
    node: VectorAggregateNode & { readonly op: Exclude<VectorAggregationOp, SelectingOp> },
    input: Operator<SeriesBlock>,
    context: QueryContext,
  ) {
    super([input]);
    this.#node = node;
    this.#accumulator = vectorAccumulator(node.op);
    this.#context = context;
    this.#groups = new GroupTable(context.budget);
  }

  override close(): void {
    this.#groups.release();
    super.close();
  }

  protected override compute([input]: readonly SeriesBlock[]): SeriesBlock {
    const block = must(input);
    const { budget } = this.#context;
    const { group, groups } = groupSeriesIn(this.#groups, block, this.#node);
    const cells = groups.seriesCount * block.steps;
    const stateBytes = cells * this.#accumulator.fieldCount * 8;
    budget.reserve(stateBytes);
    const fields = Array.from({ length: this.#accumulator.fieldCount }, () => new Float64Array(cells));
    const samples = new SampleBuffer(Math.max(block.steps, SAMPLES_AT_ONCE));
    for (let s = 0; s < block.seriesCount; s++) {
      if (!samples.hasRoom(block.steps)) this.#add(fields, samples);
      samples.take(block, s, group[s] * block.steps);
    }
    this.#add(fields, samples);
    const result = this.#result(block, groups, fields);
    budget.release(stateBytes);
    releaseSeriesBlock(block, budget);
    return withoutEmptySeries(result, budget);
  }

  #add(fields: readonly Float64Array[], samples: SampleBuffer): void {
    this.#context.throwIfCancelled();
    this.#accumulator.add(fields, samples);
    samples.count = 0;
  }

  /** Groups in label order. */
  #result(input: SeriesBlock, groups: SeriesNames, fields: readonly Float64Array[]): SeriesBlock {
    const { steps } = input;
    const order = groups.isOrdered ? null : labelOrder(groups.labels());
    const names =
      order === null
        ? groups
        : { ...groups, isOrdered: true, labels: deferredLabels(() => pick(groups.labels(), order)) };
    const result = createSeriesBlock(input.grid, names, this.#context.budget);
    const counts = fields[0];
    for (let s = 0; s < groups.seriesCount; s++) {
      const from = (order === null ? s : order[s]) * steps;
      for (let k = 0; k < steps; k++) {
        if (counts[from + k] === 0) continue;
        result.values[s * steps + k] = this.#accumulator.value(fields, from + k);
        result.present[s * steps + k] = 1;
      }
    }
    return result;
  }
}

/** Without a grouping, everything is one group `{}` (fact 44). */
export function groupSeries(block: SeriesBlock, node: VectorAggregateNode, context: QueryContext): SeriesGroups {
  const table = new GroupTable(context.budget);
  const groups = groupSeriesIn(table, block, node);
  table.release();
  return groups;
}

function groupSeriesIn(table: GroupTable, block: SeriesBlock, node: VectorAggregateNode): SeriesGroups {
  const { seriesCount, groupedBy } = block;
  const grouping = node.grouping ?? { without: false, names: [] };
  if (!grouping.without && grouping.names.length === 0) {
    const labels = seriesCount === 0 ? [] : [Labels.empty];
    const groups = { seriesCount: labels.length, labels: () => labels, isOrdered: true, groupedBy: [] };
    return { group: new Uint32Array(seriesCount), groups };
  }
  if (!grouping.without && block.isOrdered && groupedBy?.every((name) => grouping.names.includes(name)) === true) {
    return { group: eachItsOwn(seriesCount), groups: seriesNames(block) };
  }
  const series = block.labels();
  const grouped = series.map((labels) => applyGrouping(labels, grouping));
  if (isEachItsGroup(series, grouped))
    return { group: eachItsOwn(seriesCount), groups: { ...seriesNames(block), isOrdered: true } };
  const group = Uint32Array.from(grouped, (labels) => table.number(labels));
  const labels = table.labels();
  const names = grouping.without ? null : grouping.names;
  return { group, groups: { seriesCount: labels.length, labels: () => labels, isOrdered: false, groupedBy: names } };
}

function eachItsOwn(seriesCount: number): Uint32Array {
  return Uint32Array.from({ length: seriesCount }, (_, s) => s);
}

/** Whether no two series are in one group: rows were grouped the same way already. Cheaper than a table of groups. */
function isEachItsGroup(labels: readonly Labels[], grouped: readonly Labels[]): boolean {
  for (let s = 0; s < labels.length; s++) {
    if (grouped[s] !== labels[s] || (s > 0 && Labels.compare(labels[s - 1], labels[s]) >= 0)) return false;
  }
  return true;
}

function pick(labels: readonly Labels[], order: readonly number[]): Labels[] {
  return order.map((i) => labels[i]);
}

/** The present samples of some series as accumulator input. */
class SampleBuffer implements SampleRows {
  count = 0;
  readonly rank = 0;
  readonly cells: Uint32Array;
  readonly values: Float64Array;
  readonly halves = new Int32Array(0);
  readonly rows = new Uint32Array(0);
  readonly streams = new Uint32Array(0);

  constructor(length: number) {
    this.cells = new Uint32Array(length);
    this.values = new Float64Array(length);
  }

  hasRoom(steps: number): boolean {
    return this.count + steps <= this.cells.length;
  }

  /** Takes series s; its cell at step k is `firstCell + k`. */
  take({ steps, values, present }: SeriesBlock, s: number, firstCell: number): void {
    for (let k = 0; k < steps; k++) {
      if (present[s * steps + k] === 0) continue;
      this.cells[this.count] = firstCell + k;
      this.values[this.count++] = values[s * steps + k];
    }
  }
}
