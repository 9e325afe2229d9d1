import type { Metrics } from '../../common/telemetry/metrics.ts';
import type { Ingester } from './ingester.ts';

/** Exposes what the ingester counts, under Loki's names where Loki has the metric. */
export function observeIngester(ingester: Ingester, metrics: Metrics): void {
  const { statistics } = ingester;
  const streams = () => ingester.tenants().reduce((sum, tenant) => sum + ingester.streamCount(tenant), 0);
  metrics.observe('loki_ingester_memory_streams', 'The total number of streams in memory.', streams);
  metrics.observe('skald_head_bytes', 'Bytes held by heads.', () => ingester.headBytes);
  metrics.observe('skald_head_waiting_pushes', 'Pushes that wait for room in the heads.', () => ingester.waitingPushes);
  metrics.observe('loki_ingester_wal_bytes_in_use', 'Bytes of WAL segments on disk.', () => ingester.walBytes);
  const counters: [string, string, () => number][] = [
    ['loki_ingester_streams_created_total', 'The total number of streams created.', () => statistics.streamsCreated],
    ['loki_ingester_wal_duplicate_entries_total', 'Entries that were there already.', () => statistics.duplicates],
    ['loki_ingester_wal_recovered_entries_total', 'Entries recovered from the WAL.', () => statistics.replayedEntries],
    ['loki_ingester_chunks_flushed_total', 'Cuts that were committed.', () => statistics.flushes],
    ['loki_ingester_chunks_flush_failures_total', 'Attempts to flush that failed.', () => statistics.flushFailures],
    ['skald_ingester_entries_total', 'Entries accepted.', () => statistics.entries],
    [
      'skald_ingester_refused_pushes_total',
      'Pushes refused because they could not be stored.',
      () => statistics.refusedPushes,
    ],
    ['skald_wal_syncs_total', 'Times the WAL was synced to disk.', () => ingester.walStatistics?.syncs ?? 0],
  ];
  for (const [name, help, read] of counters) metrics.observeCounter(name, help, read);
}
