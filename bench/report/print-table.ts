import type { BenchmarkResult, FailedQuery } from '../run/benchmark.ts';
import type { QueryResult } from '../run/run-queries.ts';

const mb = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0);
const ms = (value: number): string => value.toFixed(value < 100 ? 1 : 0);

const HEADINGS = [
  ...['query', 'what', 'median ms', 'first ms', 'CPU s', 'multiple', 'CPU multiple'],
  ...['pages', 'MB read', 'peak MB', 'rows', 'hash', ''],
];

/** The report as text: how the load went, and a line for each query. */
export function printTable(result: BenchmarkResult): string {
  const { load, yardstick } = result;
  const about = [
    `${result.lines} lines, ${mb(result.lineBytes)} MB, ${result.streams} streams`,
    `yardstick: ${(yardstick.bytesPerSecond / 1e9).toFixed(3)} GB/s, ${(yardstick.bytesPerCpuSecond / 1e9).toFixed(3)} GB per CPU second`,
    `load: ${load.mbPerSecond.toFixed(1)} MB/s, ${load.cpuSecondsPerGb.toFixed(1)} CPU s/GB with flush, ` +
      `peak ${mb(load.peakBytes)} MB, ${load.retries} retries, disk ${mb(result.diskBytes)} MB`,
  ];
  const rows = [HEADINGS, ...result.queries.map((query) => ('error' in query ? failedCells(query) : cells(query)))];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (i < 2 || i > 10 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd(),
  );
  return `${[...about, '', ...lines].join('\n')}\n`;
}

function cells(query: QueryResult): string[] {
  return [
    query.id,
    query.title,
    ms(query.medianMs),
    ms(query.firstMs),
    query.cpuSeconds.toFixed(3),
    query.multiple.toFixed(3),
    query.cpuMultiple.toFixed(3),
    query.pagesRead === null ? '–' : String(query.pagesRead),
    query.bytesRead === null ? '–' : mb(query.bytesRead),
    mb(query.peakBytes),
    String(query.rows),
    query.hash.slice(0, 12),
    query.difference === null ? 'right' : `WRONG: ${query.difference}`,
  ];
}

function failedCells({ id, title, error }: FailedQuery): string[] {
  return [id, title, ...HEADINGS.slice(3).map(() => ''), `FAILED: ${error.slice(0, 300)}`];
}
