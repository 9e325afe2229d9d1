import type { StepGrid } from '../../planner/ir/metric.ts';
import { stepCount } from '../../planner/ir/metric.ts';
import type { SamplePartial } from './partial-aggregate.ts';

/** Samples `[first, end)` of one series that lie in one window, in time order. */
export interface SampleWindow {
  readonly values: Float64Array;
  /** Nanoseconds. */
  readonly timestamps: BigInt64Array;
  first: number;
  end: number;
}

/** Samples sorted by (group, time, arrival), and where each group begins. */
export interface SortedSamples {
  readonly values: Float64Array;
  readonly timestamps: BigInt64Array;
  /** groupCount + 1 positions. */
  readonly starts: Uint32Array;
}

export function sortSamples(samples: SamplePartial, groupCount: number): SortedSamples {
  const { count, group, rank } = samples;
  const halves = new Int32Array(samples.timestamp.buffer, samples.timestamp.byteOffset, count * 2);
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) =>
      group[a] - group[b] ||
      halves[2 * a + 1] - halves[2 * b + 1] ||
      (halves[2 * a] >>> 0) - (halves[2 * b] >>> 0) ||
      rank[a] - rank[b] ||
      a - b,
  );
  const values = new Float64Array(count);
  const timestamps = new BigInt64Array(count);
  const starts = new Uint32Array(groupCount + 1);
  for (let i = 0; i < count; i++) {
    const from = order[i];
    values[i] = samples.value[from];
    timestamps[i] = samples.timestamp[from];
    starts[group[from] + 1] += 1;
  }
  for (let g = 0; g < groupCount; g++) starts[g + 1] += starts[g];
  return { values, timestamps, starts };
}

/** Calls for every window of a group that has a sample. The window object is reused. */
export function forEachWindow(
  samples: SortedSamples,
  group: number,
  grid: StepGrid,
  rangeNs: bigint,
  offsetNs: bigint,
  visit: (step: number, window: SampleWindow) => void,
): void {
  const { values, timestamps, starts } = samples;
  const last = starts[group + 1];
  let first = starts[group];
  let end = first;
  const window: SampleWindow = { values, timestamps, first, end };
  const steps = stepCount(grid);
  for (let k = 0; k < steps && first < last; k++) {
    const endNs = grid.startNs + BigInt(k) * grid.stepNs - offsetNs;
    while (end < last && timestamps[end] <= endNs) end++;
    while (first < end && timestamps[first] <= endNs - rangeNs) first++;
    if (first === end) continue;
    window.first = first;
    window.end = end;
    visit(k, window);
  }
}
