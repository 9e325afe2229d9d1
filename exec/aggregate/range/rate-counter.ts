import type { SampleWindow } from '../sample-windows.ts';

/**
 * rate_counter (fact 39): Prometheus' extrapolated rate of a counter that may be reset, with sample times in
 * nanoseconds divided by 1000 as if they were milliseconds, as Loki does.
 */
export function rateCounter(rangeSeconds: number): (window: SampleWindow) => number {
  return ({ values, timestamps, first, end }) => {
    if (end - first < 2) return 0;
    const firstValue = values[first];
    let increase = values[end - 1] - firstValue;
    for (let i = first + 1; i < end; i++) {
      const before = values[i - 1];
      if (values[i] < before) increase += before;
    }
    const sampled = Number(timestamps[end - 1] - timestamps[first]) / 1000;
    const average = sampled / (end - first - 1);
    let toStart = rangeSeconds;
    if (increase > 0 && firstValue >= 0) toStart = Math.min(toStart, sampled * (firstValue / increase));
    const extrapolated = sampled + (toStart < average * 1.1 ? toStart : average / 2);
    return (increase * (extrapolated / sampled)) / rangeSeconds;
  };
}
