import type { Runtime } from '../../common/runtime.ts';
import type { Cut } from '../../../storage/chunk/cut.ts';
import type { FrameCodec } from '../../../storage/chunk/frame-codec.ts';
import { writeCut } from '../../../storage/chunk/write-cut.ts';
import type { CommittedIndex } from '../../../storage/index/index-content.ts';
import type { ObjectStore } from '../../../storage/objectstore/object-store.ts';

/** Writes cuts to the object store. */
export interface CutFlusher {
  /**
   * Resolves with all indexes that commit the cut. `committed` has those of earlier attempts, and gets each further one as
   * soon as it exists: when this rejects, the next attempt continues with it.
   */
  flush(cut: Cut, committed: CommittedIndex[]): Promise<readonly CommittedIndex[]>;
  close(): Promise<void>;
}

export interface LocalFlusherOptions {
  readonly store: ObjectStore;
  readonly runtime: Pick<Runtime, 'clock' | 'random'>;
  readonly codec: FrameCodec;
}

/** Writes cuts in the calling thread: for stores that only one thread can see, and for simulation. */
export class LocalFlusher implements CutFlusher {
  readonly #options: LocalFlusherOptions;

  constructor(options: LocalFlusherOptions) {
    this.#options = options;
  }

  async flush(cut: Cut, committed: CommittedIndex[]): Promise<readonly CommittedIndex[]> {
    const { store, runtime, codec } = this.#options;
    return await writeCut(store, cut, {
      runtime,
      codec,
      committed: [...committed],
      onCommitted: (index) => void committed.push(index),
    });
  }

  async close(): Promise<void> {}
}
