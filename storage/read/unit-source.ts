import type { Clock } from '../../src/common/runtime.ts';
import type { ObjectStore } from '../objectstore/object-store.ts';
import type { HeadBlockSnapshot } from './head-block.ts';

/** Where an opened ScanUnit reads from. */
export interface UnitSource {
  readonly store: ObjectStore;
  /** By block id: what the query's head units refer to. */
  readonly headBlocks: ReadonlyMap<string, HeadBlockSnapshot>;
  readonly clock: Clock;
}
