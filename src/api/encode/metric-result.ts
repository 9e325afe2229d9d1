import { floorDiv, NS_PER_MS } from '../../common/time.ts';
import { formatFloat } from '../../common/go-number.ts';
import { stepCount } from '../../../planner/ir/metric.ts';
import type { MetricResult, Series } from '../../../exec/result/query-result.ts';
import { jsonLabels } from './json-text.ts';

/** The `resultType` and `result` members of a metric answer: scalar, vector or matrix. */
export function encodeMetricResult(result: MetricResult, instant: boolean): string {
  const { grid, series } = result;
  if (!instant)
    return `"resultType":"matrix","result":[${series.map((item) => encodeMatrixSeries(item, result)).join(',')}]`;
  if (result.type === 'scalar') return `"resultType":"scalar","result":${encodeScalar(result)}`;
  const time = seconds(grid.startNs);
  const points = series.map(
    ({ labels, values }) =>
      `{"metric":${jsonLabels(labels.pairs)},"value":[${time},"${formatFloat(values[0] ?? NaN)}"]}`,
  );
  return `"resultType":"vector","result":[${points.join(',')}]`;
}

/** An instant scalar carries milliseconds where seconds are expected, as in Loki (spec fact 57). */
function encodeScalar(result: MetricResult): string {
  const value = result.series[0]?.values[0] ?? NaN;
  return `[${floorDiv(result.grid.startNs, NS_PER_MS)},"${formatFloat(value)}"]`;
}

function encodeMatrixSeries({ labels, values, present }: Series, { grid }: MetricResult): string {
  const points: string[] = [];
  const steps = stepCount(grid);
  for (let i = 0; i < steps; i++) {
    if (present[i] === 1)
      points.push(`[${seconds(grid.startNs + BigInt(i) * grid.stepNs)},"${formatFloat(values[i])}"]`);
  }
  return `{"metric":${jsonLabels(labels.pairs)},"values":[${points.join(',')}]}`;
}

/** Seconds with up to three decimals, milliseconds by truncation (facts 31 and 82). */
export function seconds(timestampNs: bigint): string {
  const ms = timestampNs / NS_PER_MS;
  const negative = ms < 0n;
  const size = negative ? -ms : ms;
  const fraction = String(size % 1000n)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return `${negative ? '-' : ''}${size / 1000n}${fraction === '' ? '' : `.${fraction}`}`;
}
