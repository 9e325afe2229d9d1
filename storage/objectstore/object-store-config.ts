import { unreachable } from '../../src/common/assert.ts';
import type { Runtime } from '../../src/common/runtime.ts';
import { FilesystemObjectStore } from './filesystem-object-store.ts';
import { MemoryObjectStore } from './memory-object-store.ts';
import type { ObjectStore } from './object-store.ts';

/** Where objects are. Plain data: worker threads get it posted and open the store themselves. */
export type ObjectStoreConfig = FilesystemConfig | MemoryConfig;

export interface FilesystemConfig {
  readonly kind: 'filesystem';
  readonly directory: string;
}

/** Every opening gives a new, empty store, which only the thread that opened it can see. */
export interface MemoryConfig {
  readonly kind: 'memory';
}

export function openObjectStore(config: ObjectStoreConfig, runtime: Pick<Runtime, 'files'>): ObjectStore {
  switch (config.kind) {
    case 'filesystem':
      return new FilesystemObjectStore(config.directory, runtime.files);
    case 'memory':
      return new MemoryObjectStore();
    default:
      return unreachable(config);
  }
}
