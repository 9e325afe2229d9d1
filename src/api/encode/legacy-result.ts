import { jsonText } from '../../common/go-json.ts';
import { Labels } from '../../common/labels.ts';
import { formatRfc3339Nano } from '../../common/rfc3339.ts';
import { compareUtf8 } from '../../common/utf8.ts';
import type { LogResult } from '../../../exec/result/query-result.ts';
import { encodeStats } from './stats.ts';

/** A log answer as `/api/prom/query` gives it: labels as text, times in RFC 3339, no envelope (features section 1.2). */
export function encodeLegacyResult(result: LogResult): string {
  const streams = new Map<string, string[]>();
  for (const { stream, metadata, parsed, timestampNs, line } of result.rows) {
    const { key } = Labels.from([...stream, ...metadata, ...parsed]);
    const entry = `{"ts":"${formatRfc3339Nano(timestampNs)}","line":${jsonText(line)}}`;
    const entries = streams.get(key);
    if (entries === undefined) streams.set(key, [entry]);
    else entries.push(entry);
  }
  const body = [...streams]
    .sort(([a], [b]) => compareUtf8(a, b))
    .map(([labels, entries]) => `{"labels":${jsonText(labels)},"entries":[${entries.join(',')}]}`);
  return `{"streams":[${body.join(',')}],"stats":${JSON.stringify(encodeStats(result.statistics))}}\n`;
}
