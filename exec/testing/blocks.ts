import { stepCount, type StepGrid } from '../../planner/ir/metric.ts';
import { Labels } from '../../src/common/labels.ts';
import type { SeriesBlock } from '../operators/series-block.ts';

/** A block of `{a="b"} 1 _ 2`: labels as a record, `null` is no sample. Steps are 10 apart; one step is an instant. */
export function blockOf(
  series: readonly (readonly [labels: Readonly<Record<string, string>>, ...samples: (number | null)[]])[],
  type: SeriesBlock['type'] = 'vector',
): SeriesBlock {
  const steps = Math.max(1, ...series.map(([, ...samples]) => samples.length));
  const sets = series.map(([labels]) => Labels.fromRecord(labels));
  return {
    type,
    grid: gridOfSteps(steps),
    steps,
    seriesCount: sets.length,
    labels: () => sets,
    isOrdered: false,
    groupedBy: null,
    values: Float64Array.from(series.flatMap(([, ...samples]) => samples.map((sample) => sample ?? 0))),
    present: Uint8Array.from(series.flatMap(([, ...samples]) => samples.map((sample) => (sample === null ? 0 : 1)))),
  };
}

export function gridOfSteps(steps: number): StepGrid {
  const grid = { startNs: 10n, endNs: 10n * BigInt(steps), stepNs: steps === 1 ? 0n : 10n };
  if (stepCount(grid) !== steps) throw new RangeError('The grid of a test has another number of steps.');
  return grid;
}

/** `{a="b"} 1 _ 2` per series, in the block's order. */
export function printBlock({ labels, steps, values, present }: SeriesBlock): string[] {
  return labels().map((set, s) => {
    const cells = Array.from({ length: steps }, (_, k) =>
      present[s * steps + k] === 1 ? String(values[s * steps + k]) : '_',
    );
    return `${set.key} ${cells.join(' ')}`;
  });
}
