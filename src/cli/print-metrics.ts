import { Labels } from '../common/labels.ts';
import { alignColumns, formatTime } from './print-logs.ts';

export type MetricData =
  | { readonly resultType: 'scalar'; readonly result: readonly [number, string] }
  | {
      readonly resultType: 'vector';
      readonly result: readonly { readonly metric: Record<string, string>; readonly value: Point }[];
    }
  | {
      readonly resultType: 'matrix';
      readonly result: readonly { readonly metric: Record<string, string>; readonly values: readonly Point[] }[];
    };

type Point = readonly [number, string];

const BARS = '▁▂▃▄▅▆▇█';
const SPARK_WIDTH = 60;

/** A metric answer as a table; series of a range query with a sparkline, their extremes and their last value. */
export function printMetrics(data: MetricData, format: 'default' | 'raw' | 'jsonl' | 'table'): string {
  if (format === 'jsonl')
    return `${(data.resultType === 'scalar' ? [data.result] : data.result).map((item) => JSON.stringify(item)).join('\n')}\n`;
  if (data.resultType === 'scalar') return `${data.result[1]}\n`;
  if (data.resultType === 'vector') {
    const rows = data.result.map(({ metric, value }) => [Labels.fromRecord(metric).key, value[1]]);
    return format === 'raw' ? rows.map((row) => `${row[1]}\n`).join('') : alignColumns([['SERIES', 'VALUE'], ...rows]);
  }
  if (format === 'table' || format === 'raw') return pointTable(data.result);
  const rows = data.result.map(({ metric, values }) => {
    const numbers = values.map(([, value]) => Number(value));
    const extreme = (pick: (...items: number[]) => number) => shortNumber(numbers.reduce((a, b) => pick(a, b)));
    return [
      sparkline(numbers),
      extreme(Math.min),
      extreme(Math.max),
      shortNumber(numbers.at(-1) ?? NaN),
      Labels.fromRecord(metric).key,
    ];
  });
  return alignColumns([['TREND', 'MIN', 'MAX', 'LAST', 'SERIES'], ...rows]);
}

function pointTable(series: readonly { metric: Record<string, string>; values: readonly Point[] }[]): string {
  const rows = series.flatMap(({ metric, values }) =>
    values.map(([seconds, value]) => [
      formatTime(BigInt(Math.round(seconds * 1000)) * 1_000_000n),
      value,
      Labels.fromRecord(metric).key,
    ]),
  );
  return alignColumns([['TIME', 'VALUE', 'SERIES'], ...rows]);
}

/** One character a point, at most SPARK_WIDTH: neighbouring points are averaged. */
function sparkline(numbers: readonly number[]): string {
  const finite = numbers.filter((value) => Number.isFinite(value));
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low;
  const width = Math.min(numbers.length, SPARK_WIDTH);
  let out = '';
  for (let i = 0; i < width; i++) {
    const part = numbers.slice(
      Math.floor((i * numbers.length) / width),
      Math.floor(((i + 1) * numbers.length) / width),
    );
    const mean = part.reduce((a, b) => a + b, 0) / part.length;
    const level = span > 0 ? Math.round(((mean - low) / span) * (BARS.length - 1)) : 0;
    out += Number.isFinite(mean) ? (BARS[level] ?? ' ') : ' ';
  }
  return out;
}

function shortNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
}
