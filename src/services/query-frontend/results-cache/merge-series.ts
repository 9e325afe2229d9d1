import { Labels } from '../../../common/labels.ts';
import type { Series } from '../../../../exec/result/query-result.ts';
import { stepCount, type StepGrid } from '../../../../planner/ir/metric.ts';
import type { StepRange } from './step-ranges.ts';

/** Series with a value for each step of a window. */
export interface SeriesWindow {
  readonly window: StepRange;
  readonly series: readonly Series[];
}

/** Of each of the windows, the steps that are wanted of it. No step is wanted of two. */
export interface SeriesSource extends SeriesWindow {
  readonly wanted: readonly StepRange[];
}

export function windowOf({ startNs, stepNs, ...grid }: StepGrid): StepRange {
  const first = Number(startNs / stepNs);
  return { first, last: first + stepCount({ startNs, stepNs, ...grid }) - 1 };
}

/** The series of a window out of several sources, in the order of an answer; those without a value are left out. */
export function mergeSeries(window: StepRange, sources: readonly SeriesSource[]): Series[] {
  const steps = window.last - window.first + 1;
  const merged = new Map<string, Series>();
  for (const { window: own, series, wanted } of sources) {
    for (const { labels, values, present } of series) {
      for (const { first, last } of wanted) {
        const from = first - own.first;
        const to = last - own.first + 1;
        if (present.indexOf(1, from) < 0 || present.indexOf(1, from) >= to) continue;
        let into = merged.get(labels.key);
        if (into === undefined) {
          into = { labels, values: new Float64Array(steps), present: new Uint8Array(steps) };
          merged.set(labels.key, into);
        }
        into.values.set(values.subarray(from, to), first - window.first);
        into.present.set(present.subarray(from, to), first - window.first);
      }
    }
  }
  return [...merged.values()].sort((a, b) => Labels.compare(a.labels, b.labels));
}

/** Whether two series have the same labels: then they cannot be told apart once they are stored. */
export function hasTwins(series: readonly Series[]): boolean {
  return new Set(series.map(({ labels }) => labels.key)).size < series.length;
}
