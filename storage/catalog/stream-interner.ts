import type { Labels } from '../../src/common/labels.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';

/** Numbers label sets of one tenant, so that streams of many chunks are matched by integers. Ids never change. */
export class StreamInterner {
  readonly #idByKey = new Map<string, number>();
  readonly #labels: Labels[] = [];
  /** Per index: id + 1 by the chunk's stream ordinal, 0 where not asked yet. */
  readonly #idsOfIndex = new WeakMap<ChunkIndex, Uint32Array>();

  get size(): number {
    return this.#labels.length;
  }

  labelsOf(id: number): Labels {
    return this.#labels[id];
  }

  idOf(labels: Labels): number {
    let id = this.#idByKey.get(labels.key);
    if (id === undefined) {
      id = this.#labels.push(labels) - 1;
      this.#idByKey.set(labels.key, id);
    }
    return id;
  }

  /** The id of a stream of a chunk. */
  idIn(index: ChunkIndex, ordinal: number): number {
    let ids = this.#idsOfIndex.get(index);
    if (ids === undefined) {
      ids = new Uint32Array(index.summary.streams);
      this.#idsOfIndex.set(index, ids);
    }
    if (ids[ordinal] === 0) ids[ordinal] = this.idOf(index.labelsOf(ordinal)) + 1;
    return ids[ordinal] - 1;
  }
}
