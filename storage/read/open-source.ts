import type { Runtime } from '../../src/common/runtime.ts';
import { type ObjectStoreConfig, openObjectStore } from '../objectstore/object-store-config.ts';
import type { HeadBlockSnapshot } from './head-block.ts';
import type { UnitSource } from './unit-source.ts';

/** What a worker thread is told about storage: plain data. */
export interface UnitSourceConfig {
  readonly objectStore: ObjectStoreConfig;
}

/**
 * A source for this thread. Head blocks come with each query: spread the source with a map of its own
 * (`{ ...source, headBlocks }`).
 */
export function openUnitSource(config: UnitSourceConfig, runtime: Pick<Runtime, 'files' | 'clock'>): UnitSource {
  const headBlocks: ReadonlyMap<string, HeadBlockSnapshot> = new Map();
  return { store: openObjectStore(config.objectStore, runtime), headBlocks, clock: runtime.clock };
}
