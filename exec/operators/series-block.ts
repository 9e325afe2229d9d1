import type { Labels } from '../../src/common/labels.ts';
import type { StepGrid } from '../../planner/ir/metric.ts';
import { stepCount } from '../../planner/ir/metric.ts';
import type { MemoryBudget } from '../operator.ts';

/**
 * Series on one step grid as a matrix: the sample of series s at step k is `values[s * steps + k]`, and exists where
 * `present[s * steps + k]` is 1. A `scalar` block is one series `{}` that is present everywhere.
 */
export interface SeriesBlock extends SeriesNames {
  readonly type: 'scalar' | 'vector';
  readonly grid: StepGrid;
  readonly steps: number;
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

/** The labels of the series of a block, and what is known of them. */
export interface SeriesNames {
  readonly seriesCount: number;
  /** Made when they are first asked for. */
  readonly labels: () => readonly Labels[];
  /** Whether they are known to be in the order of `Labels.compare`, no two of them equal. */
  readonly isOrdered: boolean;
  /** Where no series has labels but these: the names. Otherwise nothing is known. */
  readonly groupedBy: readonly string[] | null;
}

const CELL_BYTES = 9;

/** An empty matrix for the given series; the budget pays for it. */
export function createSeriesBlock(
  grid: StepGrid,
  series: readonly Labels[] | SeriesNames,
  budget: MemoryBudget,
  type: SeriesBlock['type'] = 'vector',
): SeriesBlock {
  const names =
    'labels' in series
      ? series
      : { seriesCount: series.length, labels: () => series, isOrdered: false, groupedBy: null };
  const steps = stepCount(grid);
  const cells = names.seriesCount * steps;
  budget.reserve(cells * CELL_BYTES);
  return { ...names, type, grid, steps, values: new Float64Array(cells), present: new Uint8Array(cells) };
}

/** Those of a block, without its samples. */
export function seriesNames({ seriesCount, labels, isOrdered, groupedBy }: SeriesNames): SeriesNames {
  return { seriesCount, labels, isOrdered, groupedBy };
}

/** Labels that are made once, when they are first asked for. */
export function deferredLabels(make: () => readonly Labels[]): () => readonly Labels[] {
  let made: readonly Labels[] | null = null;
  return () => (made ??= make());
}

/** Gives back what the block reserved. The block must not be used afterwards. */
export function releaseSeriesBlock(block: SeriesBlock, budget: MemoryBudget): void {
  budget.release(block.values.length * CELL_BYTES);
}

/** One series `{}` with the same value at every step. */
export function constantBlock(
  grid: StepGrid,
  value: number,
  empty: Labels,
  budget: MemoryBudget,
  type: SeriesBlock['type'],
): SeriesBlock {
  const block = createSeriesBlock(grid, [empty], budget, type);
  block.values.fill(value);
  block.present.fill(1);
  return block;
}

/** The same samples, no longer a scalar: what a function of a vector makes of a number. */
export function asVector(block: SeriesBlock): SeriesBlock {
  return block.type === 'vector' ? block : { ...block, type: 'vector' };
}

/** Only the series that have a sample at some step, in the same order. */
export function withoutEmptySeries(block: SeriesBlock, budget: MemoryBudget): SeriesBlock {
  const kept: number[] = [];
  for (let s = 0; s < block.seriesCount; s++) {
    if (isPresent(block, s)) kept.push(s);
  }
  return kept.length === block.seriesCount ? block : pickSeries(block, kept, budget, block.isOrdered);
}

function isPresent({ steps, present }: SeriesBlock, s: number): boolean {
  for (let i = s * steps; i < (s + 1) * steps; i++) if (present[i] === 1) return true;
  return false;
}

/** The series with these numbers, in this order. Consumes the block. */
export function pickSeries(
  block: SeriesBlock,
  order: readonly number[],
  budget: MemoryBudget,
  isOrdered = false,
): SeriesBlock {
  const { steps, labels, groupedBy } = block;
  const names: SeriesNames = {
    seriesCount: order.length,
    labels: deferredLabels(() => {
      const all = labels();
      return order.map((s) => all[s]);
    }),
    isOrdered,
    groupedBy,
  };
  const picked = createSeriesBlock(block.grid, names, budget, block.type);
  for (let i = 0; i < order.length; i++) {
    const from = order[i] * steps;
    picked.values.set(block.values.subarray(from, from + steps), i * steps);
    picked.present.set(block.present.subarray(from, from + steps), i * steps);
  }
  releaseSeriesBlock(block, budget);
  return picked;
}
