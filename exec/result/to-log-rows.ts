import type { Labels } from '../../src/common/labels.ts';
import { decodeUtf8 } from '../../src/common/utf8.ts';
import type { RowLabels } from '../batch/label-columns.ts';
import type { LogRows } from '../operators/log-rows.ts';
import type { LogRow } from './query-result.ts';

/** Rows as the answer's encoder takes them. Rows with equal labels share their label arrays. */
export function toLogRows(rows: LogRows, streams: readonly Labels[]): LogRow[] {
  const ofStream = new Map<number, RowLabels>();
  const labelsOf = (row: number): RowLabels => {
    const set = rows.labelSets[rows.labelSet[row]];
    if (set !== null) return set;
    const stream = rows.stream[row];
    let labels = ofStream.get(stream);
    if (labels === undefined)
      ofStream.set(stream, (labels = { stream: streams[stream].pairs, metadata: [], parsed: [] }));
    return labels;
  };
  const { offsets, values } = rows.line;
  return Array.from({ length: rows.rowCount }, (_, row) => {
    const { stream, metadata, parsed } = labelsOf(row);
    const line = decodeUtf8(values, offsets[row], offsets[row + 1]);
    return { timestampNs: rows.timestamp[row], line, stream, metadata, parsed };
  });
}
