import type { Labels } from '../../src/common/labels.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';
import type { IdSet } from './id-set.ts';
import { StreamOrder } from './stream-order.ts';

/** The streams of a query: ordinals are in the order of Labels.compare. */
export interface StreamNumbering {
  /** By ordinal. */
  readonly streams: readonly Labels[];
  /** By id of the interner: ordinal + 1; 0 or nothing for others. */
  readonly places: Uint32Array;
}

/** Numberings are kept for queries that ask for the same streams again, from this many streams on. */
const NUMBERED_MIN = 1000;
const NUMBERINGS_MAX = 4;

/** Numbers label sets of one tenant, so that streams of many chunks are matched by integers. Ids never change. */
export class StreamInterner {
  readonly #idByKey = new Map<string, number>();
  readonly #labels: Labels[] = [];
  readonly #order = new StreamOrder(this.#labels);
  /** Latest first. */
  #numberings: StreamNumbering[] = [];
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
    return this.#idIn(index, this.#idsOf(index), ordinal);
  }

  /** The ids of streams of a chunk. */
  idsIn(index: ChunkIndex, ordinals: Uint32Array): Uint32Array {
    const known = this.#idsOf(index);
    const ids = new Uint32Array(ordinals.length);
    for (let i = 0; i < ids.length; i++) ids[i] = this.#idIn(index, known, ordinals[i]);
    return ids;
  }

  /** The label sets in the order of Labels.compare. */
  sorted(ids: IdSet): Labels[] {
    return Array.from(this.#order.sorted(ids.items()), (id) => this.#labels[id]);
  }

  /** Many streams that are asked for again get the same object, by which what follows from them is remembered. */
  number(ids: IdSet): StreamNumbering {
    if (ids.size < NUMBERED_MIN) return this.#number(ids);
    const known = this.#numberings.find((numbering) => isSameSet(ids, numbering));
    const numbering = known ?? this.#number(ids);
    this.#numberings = [numbering, ...this.#numberings.filter((other) => other !== known)].slice(0, NUMBERINGS_MAX);
    return numbering;
  }

  #idIn(index: ChunkIndex, known: Uint32Array, ordinal: number): number {
    if (known[ordinal] === 0) known[ordinal] = this.idOf(index.labelsOf(ordinal)) + 1;
    return known[ordinal] - 1;
  }

  #idsOf(index: ChunkIndex): Uint32Array {
    let ids = this.#idsOfIndex.get(index);
    if (ids === undefined) {
      ids = new Uint32Array(index.summary.streams);
      this.#idsOfIndex.set(index, ids);
    }
    return ids;
  }

  #number(ids: IdSet): StreamNumbering {
    const places = new Uint32Array(this.#labels.length);
    const sorted = this.#order.sorted(ids.items());
    const streams = new Array<Labels>(sorted.length);
    for (let ordinal = 0; ordinal < sorted.length; ordinal++) {
      const id = sorted[ordinal];
      places[id] = ordinal + 1;
      streams[ordinal] = this.#labels[id];
    }
    return { streams, places };
  }
}

function isSameSet(ids: IdSet, { streams, places }: StreamNumbering): boolean {
  if (ids.size !== streams.length) return false;
  const items = ids.items();
  // Streams that came after the numbering have no place in it.
  for (let i = 0; i < items.length; i++) if (items[i] >= places.length || places[items[i]] === 0) return false;
  return true;
}
