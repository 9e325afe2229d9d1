import type { Labels } from '../../src/common/labels.ts';
import { decodeUtf8 } from '../../src/common/utf8.ts';
import type { RowLabels } from '../batch/label-columns.ts';
import type { LogRows } from '../operators/log-rows.ts';
import type { LogRow } from './query-result.ts';

/**
 * Rows as the answer's encoder takes them. Rows with equal labels share their label arrays. `keepsStreamLabels`: stream
 * labels are those of the stream, whatever the row's label set says of them (keepsStreamLabels of the fragment).
 */
export function toLogRows(rows: LogRows, streams: readonly Labels[], keepsStreamLabels = false): LogRow[] {
  const known = new Map<number, RowLabels>();
  const labelsOf = (row: number): RowLabels => {
    const number = rows.labelSet[row];
    const stream = rows.stream[row];
    const set = rows.labelSets[number];
    if (set !== null && !keepsStreamLabels) return set;
    const key = number * streams.length + stream;
    let labels = known.get(key);
    if (labels === undefined) {
      const { metadata, parsed } = set ?? { metadata: [], parsed: [] };
      known.set(key, (labels = { stream: streams[stream].pairs, metadata, parsed }));
    }
    return labels;
  };
  const { offsets, values } = rows.line;
  return Array.from({ length: rows.rowCount }, (_, row) => {
    const { stream, metadata, parsed } = labelsOf(row);
    const line = decodeUtf8(values, offsets[row], offsets[row + 1]);
    return { timestampNs: rows.timestamp[row], line, stream, metadata, parsed };
  });
}
