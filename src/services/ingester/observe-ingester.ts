import type { CommittedIndex } from '../../../storage/index/index-content.ts';
import type { Metrics } from '../../common/telemetry/metrics.ts';
import type { Ingester } from './ingester.ts';

const NS_PER_HOUR = 3.6e12;

/** Registers the ingester's counts, under Loki's names where Loki has them. */
export function observeIngester(ingester: Ingester, metrics: Metrics): void {
  const { statistics } = ingester;
  metrics.observeTenants('loki_ingester_memory_streams', 'Streams that heads know.', () =>
    Array.from(ingester.heads(), ({ tenant, streamCount }) => [tenant, streamCount] as const),
  );
  const observed: readonly (readonly [name: string, help: string, read: () => number])[] = [
    ['loki_ingester_memory_chunks', 'Cuts of heads, open and closed.', () => cutsOf(ingester)],
    ['loki_ingester_streams_created_total', 'Streams created in heads.', () => statistics.streamsCreated],
    ['loki_ingester_chunks_flushed_total', 'Cuts committed.', () => statistics.flushes],
    ['loki_ingester_chunks_flush_failures_total', 'Attempts to flush that failed.', () => statistics.flushFailures],
    ['loki_ingester_flush_queue_length', 'Cuts that wait for their commit.', () => ingester.flushQueueLength],
    ['loki_ingester_wal_duplicate_entries_total', 'Entries dropped as duplicates.', () => statistics.duplicates],
    ['loki_ingester_wal_recovered_entries_total', 'Entries put back at start.', () => statistics.replayedEntries],
    ['loki_ingester_wal_bytes_in_use', 'Size of the WAL.', () => ingester.walBytes],
    ['loki_ingester_wal_records_logged_total', 'WAL records.', () => ingester.walStatistics?.records ?? 0],
    ['loki_ingester_wal_logged_bytes_total', 'Bytes appended to the WAL.', () => ingester.walStatistics?.bytes ?? 0],
    ['skald_ingester_wal_groups_total', 'Writes that WAL records shared.', () => ingester.walStatistics?.groups ?? 0],
    ['skald_ingester_wal_syncs_total', 'Syncs of the WAL.', () => ingester.walStatistics?.syncs ?? 0],
    ['skald_ingester_wal_failures_total', 'Failed WAL writes.', () => ingester.walStatistics?.failures ?? 0],
    ['skald_ingester_head_bytes', 'Memory that heads use.', () => ingester.headBytes],
    ['skald_ingester_head_entries', 'Entries that are not committed.', () => ingester.memoryEntries],
    ['skald_ingester_waiting_pushes', 'Pushes that wait for room in the heads.', () => ingester.waitingPushes],
    ['skald_ingester_pushes_total', 'Pushes acknowledged.', () => statistics.pushes],
    ['skald_ingester_refused_pushes_total', 'Pushes refused.', () => statistics.refusedPushes],
    ['skald_ingester_entries_total', 'Entries stored.', () => statistics.entries],
    ['skald_ingester_flushed_entries_total', 'Entries committed.', () => statistics.flushedEntries],
    ['skald_ingester_replayed_records_total', 'WAL records read at start.', () => statistics.replayedRecords],
  ];
  for (const [name, help, read] of observed) {
    if (name.endsWith('_total')) metrics.observeCounter(name, help, read);
    else metrics.observe(name, help, read);
  }
}

function cutsOf(ingester: Ingester): number {
  let count = 0;
  for (const { groups } of ingester.heads()) count += groups.length;
  return count;
}

/** Counts what a flush has made of a cut. `openedAtMs` is when the cut got its first entry. */
export function observeFlush(
  metrics: Metrics,
  indexes: readonly CommittedIndex[],
  openedAtMs: number,
  nowMs: number,
): void {
  for (const { summary } of indexes) {
    metrics.chunkAgeSeconds.observe((nowMs - openedAtMs) / 1000);
    metrics.chunkSizeBytes.observe(summary.chunkBytes);
    metrics.chunkEntries.observe(summary.rows);
    metrics.chunkBoundsHours.observe(Number(summary.maxTimestamp - summary.minTimestamp) / NS_PER_HOUR);
  }
}
