import { styleText } from 'node:util';
import { Labels } from '../common/labels.ts';

export interface StreamsData {
  readonly resultType: 'streams';
  readonly result: readonly {
    readonly stream: Record<string, string>;
    readonly values: readonly (readonly [string, string])[];
  }[];
}

interface Entry {
  readonly timestampNs: bigint;
  readonly labels: Labels;
  readonly line: string;
}

type Style = Parameters<typeof styleText>[0];

const LEVEL_STYLES: Readonly<Record<string, Style>> = {
  trace: 'gray',
  debug: 'gray',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  critical: ['bold', 'red'],
  fatal: ['bold', 'red'],
};

export type LogFormat = 'default' | 'raw' | 'jsonl' | 'table';

/** Entries of all streams in the query's direction, one printed line each. */
export function printLogs(data: StreamsData, format: LogFormat, forward: boolean, colour: boolean): string {
  const entries = inOrder(data, forward);
  if (format === 'raw') return entries.map(({ line }) => `${line}\n`).join('');
  if (format === 'jsonl') return entries.map((entry) => `${jsonLine(entry)}\n`).join('');
  if (format === 'table') return logTable(entries);
  const common = commonLabels(entries);
  const shown = entries.map((entry) => coloured(entry, common, colour));
  const header = common.size > 0 && entries.length > 0 ? `Common labels: ${common.key}\n` : '';
  return header + shown.map((line) => `${line}\n`).join('');
}

/** An entry as it arrives. */
export interface PrintedEntry {
  readonly timestampNs: bigint;
  readonly labels: Readonly<Record<string, string>>;
  readonly line: string;
}

/** Entries in the given order, one printed line each, all labels with each. */
export function printEntries(entries: readonly PrintedEntry[], format: LogFormat, colour: boolean): string {
  return entries
    .map(({ timestampNs, labels, line }): Entry => ({ timestampNs, labels: Labels.fromRecord(labels), line }))
    .map((entry) => {
      if (format === 'raw') return `${entry.line}\n`;
      return format === 'jsonl' ? `${jsonLine(entry)}\n` : `${coloured(entry, Labels.empty, colour)}\n`;
    })
    .join('');
}

function inOrder({ result }: StreamsData, forward: boolean): Entry[] {
  const entries = result.flatMap(({ stream, values }) => {
    const labels = Labels.fromRecord(stream);
    return values.map(([timestamp, line]): Entry => ({ timestampNs: BigInt(timestamp), labels, line }));
  });
  const sign = forward ? 1 : -1;
  return entries.sort((a, b) => (a.timestampNs < b.timestampNs ? -sign : a.timestampNs > b.timestampNs ? sign : 0));
}

/** Labels that every entry has: printed once, above, as logcli does. */
function commonLabels(entries: readonly Entry[]): Labels {
  const [first, ...rest] = new Set(entries.map(({ labels }) => labels));
  if (first === undefined) return Labels.empty;
  return Labels.fromSorted(first.pairs.filter(([name, value]) => rest.every((labels) => labels.get(name) === value)));
}

function coloured({ timestampNs, labels, line }: Entry, common: Labels, colour: boolean): string {
  const own = labels.omit(common.pairs.map(([name]) => name));
  const head = `${formatTime(timestampNs)} ${own.size > 0 ? `${own.key} ` : ''}`;
  const style = LEVEL_STYLES[labels.get('detected_level') ?? ''];
  if (!colour) return head + line;
  const text = style === undefined ? line : styleText(style, line, { validateStream: false });
  return styleText('dim', head, { validateStream: false }) + text;
}

function jsonLine({ timestampNs, labels, line }: Entry): string {
  return JSON.stringify({ timestamp: formatTime(timestampNs), labels: labels.toRecord(), line });
}

function logTable(entries: readonly Entry[]): string {
  const rows = entries.map(({ timestampNs, labels, line }) => [
    formatTime(timestampNs),
    labels.get('detected_level') ?? '',
    labels.key,
    line,
  ]);
  return alignColumns([['TIME', 'LEVEL', 'LABELS', 'LINE'], ...rows]);
}

/** Columns padded to their widest cell; the last one is not padded. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  '))
    .map((line) => `${line}\n`)
    .join('');
}

/** RFC 3339 in UTC with as many decimals as the timestamp has. */
export function formatTime(timestampNs: bigint): string {
  const seconds = new Date(Number(timestampNs / 1_000_000n)).toISOString().slice(0, 19);
  const fraction = String(timestampNs % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}Z`;
}
