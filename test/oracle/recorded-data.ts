import { PushDecoder } from '../../ingest/push/push.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { Labels } from '../../src/common/labels.ts';
import { entriesOf } from '../../storage/head/testing/entries.ts';
import { testLimits } from '../support/ingest-limits.ts';
import type { OracleEntry, OracleStream } from './oracle-data.ts';

/** A stream as it is pushed: entries are `[timestamp, line, metadata?]`. */
export interface PushedStream {
  readonly labels: Readonly<Record<string, string>>;
  readonly entries: readonly (readonly unknown[])[];
}

/** What is stored after these pushes: with service names and levels, as ingest finds them. */
export function storedStreams(pushes: readonly PushedStream[]): OracleStream[] {
  const limits = testLimits({ reject_old_samples: false, ingestion_rate_mb: 1_024, ingestion_burst_size_mb: 2_048 });
  const decoder = new PushDecoder({
    tenant: 'fake',
    clock: nodeRuntime.clock,
    limits: () => limits,
    active: { count: 0, has: () => false },
  });
  const streams = new Map<string, { labels: Record<string, string>; entries: OracleEntry[] }>();
  for (const push of pushes) {
    const body = Buffer.from(JSON.stringify({ streams: [{ stream: push.labels, values: push.entries }] }));
    const { batch, error } = decoder.decode({ body, contentType: 'application/json', contentEncoding: '' });
    if (batch === null || error !== null) throw error ?? new Error('an empty push');
    for (const { labels, timestamp, line, level, metadata } of entriesOf(batch)) {
      const { key } = Labels.fromRecord(labels);
      const stream = streams.get(key) ?? { labels: { ...labels }, entries: [] };
      streams.set(key, stream);
      const all = { ...metadata, ...(level === undefined ? {} : { detected_level: level }) };
      stream.entries.push({ timestampNs: timestamp, line, metadata: all });
    }
  }
  return [...streams.values()];
}
