import type { TailEncoder } from '../../services/tail/tail-entry.ts';
import { encodeRow } from './log-result.ts';
import { jsonLabels } from './json-text.ts';

/** Frames of a tail: every entry is a stream of its own, in order of time, as Loki sends them. */
export const tailEncoder: TailEncoder = {
  entry(row, categorize) {
    const { labels, value } = encodeRow(row, categorize);
    const json = `{"stream":${jsonLabels(labels.pairs)},"values":[${value}]}`;
    return { timestampNs: row.timestampNs, labels, json };
  },

  frame(entries, dropped, encodingFlags) {
    const streams = entries.map(({ json }) => json).join(',');
    const missing = dropped.map(
      ({ timestampNs, labels }) => `{"timestamp":"${timestampNs}","labels":${jsonLabels(labels.pairs)}}`,
    );
    const droppedEntries = missing.length === 0 ? '' : `,"dropped_entries":[${missing.join(',')}]`;
    const flags = encodingFlags.length === 0 ? '' : `,"encodingFlags":${JSON.stringify(encodingFlags)}`;
    return `{"streams":[${streams}]${droppedEntries}${flags}}`;
  },
};
