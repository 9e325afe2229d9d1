import { jsonText } from '../../common/go-json.ts';
import { Labels, type LabelPair } from '../../common/labels.ts';
import { compareUtf8 } from '../../common/utf8.ts';
import type { LogResult, LogRow } from '../../../exec/result/query-result.ts';
import { jsonLabels } from './json-text.ts';

const CATEGORIZE = 'categorize-labels';

interface ResultStream {
  readonly labels: Labels;
  readonly values: string[];
}

/**
 * The `resultType`, `encodingFlags` and `result` members of a log answer. Streams are grouped by final label set, sorted
 * by its text (facts 20 to 22); with `categorize-labels` by stream labels, the rest in a third element of each value.
 */
export function encodeLogResult(result: LogResult, encodingFlags: readonly string[]): string {
  const categorize = encodingFlags.includes(CATEGORIZE);
  const streams = [...groupRows(result.rows, categorize).values()].sort((a, b) =>
    compareUtf8(a.labels.key, b.labels.key),
  );
  const flags = encodingFlags.length > 0 ? `"encodingFlags":${JSON.stringify(encodingFlags)},` : '';
  const body = streams.map(
    ({ labels, values }) => `{"stream":${jsonLabels(labels.pairs)},"values":[${values.join(',')}]}`,
  );
  return `"resultType":"streams",${flags}"result":[${body.join(',')}]`;
}

function groupRows(rows: readonly LogRow[], categorize: boolean): Map<string, ResultStream> {
  const streams = new Map<string, ResultStream>();
  for (const row of rows) {
    const { labels, value } = encodeRow(row, categorize);
    let stream = streams.get(labels.key);
    if (stream === undefined) streams.set(labels.key, (stream = { labels, values: [] }));
    stream.values.push(value);
  }
  return streams;
}

/** The labels of the stream that a row belongs to, and its element of `values`. */
export function encodeRow(row: LogRow, categorize: boolean): { readonly labels: Labels; readonly value: string } {
  const labels = categorize ? Labels.from(row.stream) : Labels.from([...row.stream, ...row.metadata, ...row.parsed]);
  const third = categorize ? `,${encodeCategories(row)}` : '';
  return { labels, value: `["${row.timestampNs}",${jsonText(row.line)}${third}]` };
}

/** `{}`, or with `structuredMetadata` and `parsed` where the row has such labels (spec fact 22). */
function encodeCategories(row: LogRow): string {
  const members: string[] = [];
  if (row.metadata.length > 0) members.push(`"structuredMetadata":${jsonLabels(sorted(row.metadata))}`);
  if (row.parsed.length > 0) members.push(`"parsed":${jsonLabels(sorted(row.parsed))}`);
  return `{${members.join(',')}}`;
}

function sorted(pairs: readonly LabelPair[]): readonly LabelPair[] {
  return [...pairs].sort(([a], [b]) => compareUtf8(a, b));
}
