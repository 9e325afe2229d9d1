import type { Config } from '../../config/schema.ts';
import type { IngesterSettings } from './ingester-options.ts';

/** The ingester's settings out of the configuration. */
export function ingesterSettings(config: Config['ingester']): Partial<IngesterSettings> {
  return {
    walSync: config.wal.sync,
    walSyncPeriodMs: config.wal.sync_interval,
    walSegmentBytes: config.wal.segment_size,
    walOnDamage: config.wal.on_damage,
    headBytesMax: config.head.max_bytes,
    cutBytes: config.head.cut_bytes,
    pushWaitMs: config.head.push_wait,
    ageMaxMs: config.max_chunk_age,
    idleMs: config.chunk_idle_period,
    checkPeriodMs: config.flush_check_period,
    flushOnClose: config.flush_on_shutdown,
  };
}
