import type { StepGrid } from '../../planner/ir/metric.ts';
import { stepCount } from '../../planner/ir/metric.ts';
import { lowerBoundTime } from '../../storage/read/time-ranges.ts';
import { orderByKeys } from './order-by-keys.ts';
import type { SamplePartial } from './partial-aggregate.ts';

const SIGN_BIT = 0x80000000;

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
  const halves = new Uint32Array(samples.timestamp.buffer, samples.timestamp.byteOffset, count * 2);
  const [high, low] = timestampKeys(halves, count);
  const order = orderByKeys(count, [group, high, low, rank]);
  const values = new Float64Array(count);
  const timestamps = new BigInt64Array(count);
  const toHalves = new Uint32Array(timestamps.buffer);
  const starts = new Uint32Array(groupCount + 1);
  for (let i = 0; i < count; i++) {
    const from = order[i];
    values[i] = samples.value[from];
    toHalves[2 * i] = halves[2 * from];
    toHalves[2 * i + 1] = halves[2 * from + 1];
    starts[group[from] + 1] += 1;
  }
  for (let g = 0; g < groupCount; g++) starts[g + 1] += starts[g];
  return { values, timestamps, starts };
}

/** Halves of the timestamps, high and low, whose order as unsigned integers is that of the timestamps. */
function timestampKeys(halves: Uint32Array, count: number): [high: Uint32Array, low: Uint32Array] {
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    low[i] = halves[2 * i];
    high[i] = halves[2 * i + 1] ^ SIGN_BIT;
  }
  return [high, low];
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
    end = lowerBoundTime(timestamps, end, last, endNs + 1n);
    first = lowerBoundTime(timestamps, first, end, endNs - rangeNs + 1n);
    if (first === end) continue;
    window.first = first;
    window.end = end;
    visit(k, window);
  }
}
