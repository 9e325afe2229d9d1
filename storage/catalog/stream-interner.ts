import type { Labels } from '../../src/common/labels.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';
import { StreamOrder } from './stream-order.ts';

/** The streams of a query: ordinals are in the order of Labels.compare. */
export interface StreamNumbering {
  /** By ordinal. */
  readonly streams: readonly Labels[];
  /** By id of the interner. */
  readonly ordinalOf: ReadonlyMap<number, number>;
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
    let ids = this.#idsOfIndex.get(index);
    if (ids === undefined) {
      ids = new Uint32Array(index.summary.streams);
      this.#idsOfIndex.set(index, ids);
    }
    if (ids[ordinal] === 0) ids[ordinal] = this.idOf(index.labelsOf(ordinal)) + 1;
    return ids[ordinal] - 1;
  }

  /** The label sets in the order of Labels.compare. */
  sorted(ids: ReadonlySet<number>): Labels[] {
    return Array.from(this.#order.sorted(ids), (id) => this.#labels[id]);
  }

  /** Many streams that are asked for again get the same object, by which what follows from them is remembered. */
  number(ids: ReadonlySet<number>): StreamNumbering {
    if (ids.size < NUMBERED_MIN) return this.#number(ids);
    const known = this.#numberings.find(({ ordinalOf }) => isSameSet(ids, ordinalOf));
    const numbering = known ?? this.#number(ids);
    this.#numberings = [numbering, ...this.#numberings.filter((other) => other !== known)].slice(0, NUMBERINGS_MAX);
    return numbering;
  }

  #number(ids: ReadonlySet<number>): StreamNumbering {
    const ordinalOf = new Map<number, number>();
    const streams = Array.from(this.#order.sorted(ids), (id, ordinal) => {
      ordinalOf.set(id, ordinal);
      return this.#labels[id];
    });
    return { streams, ordinalOf };
  }
}

function isSameSet(ids: ReadonlySet<number>, ordinalOf: ReadonlyMap<number, number>): boolean {
  if (ids.size !== ordinalOf.size) return false;
  for (const id of ids) if (!ordinalOf.has(id)) return false;
  return true;
}
