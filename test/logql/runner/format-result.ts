import { printLocation } from '../../../grammar/print-location.ts';
import { LogQLError } from '../../../grammar/logql-error.ts';
import type { LogResult, LogRow, MetricResult } from '../../../exec/result/query-result.ts';
import type { QueryParams } from '../../../planner/logical/query-params.ts';
import { lastStepNs } from '../../../planner/ir/metric.ts';
import { printSeconds } from '../../../planner/print/times.ts';
import { SkaldError } from '../../../src/common/errors.ts';
import { formatFloat } from '../../../src/common/go-number.ts';
import { goQuote } from '../../../src/common/go-quote.ts';
import { Labels } from '../../../src/common/labels.ts';
import { compareUtf8 } from '../../../src/common/utf8.ts';
import { EPOCH_NS } from './script.ts';

export interface FormatOptions {
  readonly params: QueryParams;
  /** Shows structured metadata and parsed labels with each entry instead of in the stream (spec fact 22). */
  readonly categorize: boolean;
}

/** What is shown of an answer. */
type Shown = Omit<LogResult, 'statistics'> | Omit<MetricResult, 'statistics'>;

/** The canonical text of an answer: `----` and its lines. */
export function formatResult(result: Shown, options: FormatOptions): string {
  const lines = result.kind === 'LogResult' ? logLines(result, options) : metricLines(result, options.params);
  const warnings = result.warnings.map((warning) => `warning: ${warning}`);
  return ['----', ...lines, ...warnings].join('\n');
}

/** The canonical text of a refusal: its code, its message, and the place in the query that it names. */
export function formatError(error: unknown, query: string): string {
  if (!(error instanceof SkaldError)) throw error;
  const lines = [
    `---- error ${error.code}`,
    ...error.message
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd()),
  ];
  if (error instanceof LogQLError) {
    const place = printLocation(query, error);
    if (place !== '') lines.push(...place.split('\n').map((line) => line.trimEnd()));
  }
  return lines.join('\n');
}

function logLines({ rows }: Pick<LogResult, 'rows'>, { categorize }: FormatOptions): string[] {
  const streams = new Map<string, string[]>();
  for (const row of rows) {
    const labels = categorize ? Labels.from(row.stream) : Labels.from([...row.stream, ...row.metadata, ...row.parsed]);
    const entries = streams.get(labels.key) ?? [];
    streams.set(labels.key, entries);
    entries.push(`  ${entryLine(row, categorize)}`.trimEnd());
  }
  const sorted = [...streams].sort(([a], [b]) => compareUtf8(a, b));
  return sorted.flatMap(([labels, entries]) => [labels, ...entries]);
}

function entryLine({ timestampNs, line, metadata, parsed }: LogRow, categorize: boolean): string {
  const offset = printSeconds(timestampNs - EPOCH_NS);
  if (!categorize) return `${offset} ${printLine(line)}`;
  return `${offset} metadata=${Labels.from(metadata).key} parsed=${Labels.from(parsed).key} ${printLine(line)}`;
}

/** As it is, or as a Go string when a script could not show or read back the line otherwise. */
function printLine(line: string): string {
  const isPlain = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u.test(line) && !/^[\s"]|\s$|^$/.test(line);
  return isPlain ? line : goQuote(line);
}

function metricLines(result: Omit<MetricResult, 'statistics'>, params: QueryParams): string[] {
  const { grid, series, type } = result;
  const isInstant = grid.stepNs === 0n;
  if (isInstant && type === 'scalar') return [`scalar ${formatFloat(series[0].values[0])}`];
  const moved =
    grid.startNs === params.startNs && lastStepNs(grid) <= params.endNs
      ? []
      : [`steps from ${printSeconds(grid.startNs - EPOCH_NS)} to ${printSeconds(lastStepNs(grid) - EPOCH_NS)}`];
  const width = Math.max(0, ...series.map(({ labels }) => labels.key.length));
  const lines = series.map(({ labels, values, present }) => {
    const points = Array.from(values, (value, i) => (present[i] === 1 ? formatFloat(value) : '_'));
    return `${labels.key.padEnd(isInstant ? 0 : width)} ${points.join(' ')}`;
  });
  return [...moved, ...lines];
}
