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
import { createSeriesBlock, releaseSeriesBlock, type SeriesBlock, withoutEmptySeries } from './series-block.ts';

/** Samples that are added with one call, and without a look at whether the query was cancelled. */
const SAMPLES_AT_ONCE = 4096;

/** The groups of a block's series: number per series, and labels by number. */
export interface SeriesGroups {
  readonly group: Uint32Array;
  readonly labels: readonly Labels[];
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
    const { group, labels } = groupSeriesIn(this.#groups, block, this.#node);
    const cells = labels.length * block.steps;
    const stateBytes = cells * this.#accumulator.fieldCount * 8;
    budget.reserve(stateBytes);
    const fields = Array.from({ length: this.#accumulator.fieldCount }, () => new Float64Array(cells));
    const samples = new SampleBuffer(Math.max(block.steps, SAMPLES_AT_ONCE));
    for (let s = 0; s < block.labels.length; s++) {
      if (!samples.hasRoom(block.steps)) this.#add(fields, samples);
      samples.take(block, s, group[s] * block.steps);
    }
    this.#add(fields, samples);
    const result = this.#result(block, labels, fields);
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
  #result(input: SeriesBlock, labels: readonly Labels[], fields: readonly Float64Array[]): SeriesBlock {
    const { steps } = input;
    const order = labelOrder(labels);
    const result = createSeriesBlock(
      input.grid,
      order.map((g) => must(labels[g])),
      this.#context.budget,
    );
    const counts = fields[0];
    for (let s = 0; s < order.length; s++) {
      const from = order[s] * steps;
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
  const { group, labels } = groupSeriesIn(table, block, node);
  const kept = [...labels];
  table.release();
  return { group, labels: kept };
}

/** The same; the labels are those of the table. */
function groupSeriesIn(table: GroupTable, block: SeriesBlock, node: VectorAggregateNode): SeriesGroups {
  const grouping = node.grouping ?? { without: false, names: [] };
  if (!grouping.without && grouping.names.length === 0) {
    return { group: new Uint32Array(block.labels.length), labels: block.labels.length === 0 ? [] : [Labels.empty] };
  }
  const grouped = block.labels.map((labels) => applyGrouping(labels, grouping));
  if (isEachItsGroup(block.labels, grouped)) return { group: Uint32Array.from(grouped.keys()), labels: grouped };
  return { group: Uint32Array.from(grouped, (labels) => table.number(labels)), labels: table.labels };
}

/** Whether no two series are in one group: rows were grouped the same way already. Cheaper than a table of groups. */
function isEachItsGroup(labels: readonly Labels[], grouped: readonly Labels[]): boolean {
  for (let s = 0; s < labels.length; s++) {
    if (grouped[s] !== labels[s] || (s > 0 && Labels.compare(labels[s - 1], labels[s]) >= 0)) return false;
  }
  return true;
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
