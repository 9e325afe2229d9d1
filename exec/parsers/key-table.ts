import { decodeUtf8 } from '../../src/common/utf8.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import type { ParseTarget } from '../batch/parse-target.ts';
import { FNV_PRIME } from './byte-hash.ts';
import { BACKSLASH, COLON, QUOTE } from '../../src/common/json-bytes.ts';
import { labelName, labelNamePart } from './label-name.ts';
import type { Needs } from './line-parser.ts';

const EQUALS = 0x3d;

/** Different keys that a parser remembers from one batch to the next. */
export const KEYS_KEPT_MAX = 16_384;

/** A key of the lines, below a parent key for nested objects, and the label name that it stands for. */
export class KeyEntry {
  readonly parent: KeyEntry | null;
  readonly bytes: Uint8Array;
  /** The key with what stands around it in a line, when it is plain. */
  readonly token: Uint8Array;
  readonly hash: number;
  /** Empty when the key gives no name. */
  readonly name: string;
  /** Whether a later stage needs the label. */
  readonly wanted: boolean;
  /** Whether a later stage needs a label below this key. */
  readonly wantedBelow: boolean;
  /** In the same bucket. */
  next: KeyEntry | null;
  /**
   * The key that came after this one last time, or that came first in this one's object: lines of one program have
   * their keys in the same order, and comparing bytes with a guess is cheaper than a look-up.
   */
  follower: KeyEntry | null = null;
  firstBelow: KeyEntry | null = null;
  /** Whether a line can have the key byte by byte as it is here: without escapes. */
  readonly isPlain: boolean;
  /** Of the batch that is being parsed; see KeyTable.target. */
  target: ParseTarget | null = null;
  batchNumber = -1;

  constructor(
    parent: KeyEntry | null,
    bytes: Uint8Array,
    token: Uint8Array,
    hash: number,
    name: string,
    needs: Needs,
    next: KeyEntry | null,
  ) {
    this.parent = parent;
    this.bytes = bytes;
    this.token = token;
    this.hash = hash;
    this.name = name;
    this.wanted = name !== '' && (needs.wants(name) || needs.wants(`${name}_extracted`));
    this.wantedBelow = needs.wantsPrefix(name);
    this.next = next;
    this.isPlain = !bytes.includes(BACKSLASH) && !bytes.includes(QUOTE);
  }
}

/** Finds the entry of a key by its bytes, without a string per key and row. */
export class KeyTable {
  /** The first key of the last line. */
  first: KeyEntry | null = null;
  readonly #needs: Needs;
  readonly #tokenOf: (key: Uint8Array) => Uint8Array;
  #buckets: (KeyEntry | null)[] = new Array<KeyEntry | null>(64).fill(null);
  #count = 0;
  #batch: MutableBatch | null = null;
  #batchNumber = 0;

  /** `tokenOf`: the token of a key. */
  constructor(needs: Needs, tokenOf = jsonToken) {
    this.#needs = needs;
    this.#tokenOf = tokenOf;
  }

  /** Before the first key of a batch. Entries of earlier batches are not to be used any more. */
  begin(batch: MutableBatch): void {
    this.#batch = batch;
    this.#batchNumber++;
    if (this.#count > KEYS_KEPT_MAX) {
      this.#buckets = new Array<KeyEntry | null>(64).fill(null);
      this.#count = 0;
      this.first = null;
    }
  }

  /** After the last key of a batch: the table must not keep the batch alive. */
  end(): void {
    this.#batch = null;
  }

  /** The entry of `heap[start .. end)` below `parent`; `hash` is its `hashByte` chain from HASH_SEED. */
  entry(parent: KeyEntry | null, heap: Uint8Array, start: number, end: number, hash: number): KeyEntry {
    const mixed = parent === null ? hash : Math.imul(hash ^ parent.hash, FNV_PRIME);
    const buckets = this.#buckets;
    const length = end - start;
    for (let entry = buckets[(mixed ^ (mixed >>> 15)) & (buckets.length - 1)]; entry !== null; entry = entry.next) {
      if (entry.hash !== mixed || entry.parent !== parent || entry.bytes.length !== length) continue;
      const bytes = entry.bytes;
      let i = 0;
      while (i < length && bytes[i] === heap[start + i]) i++;
      if (i === length) return entry;
    }
    return this.#add(parent, heap.slice(start, end), mixed);
  }

  /** Where the entry's label goes in the current batch. */
  target(entry: KeyEntry): ParseTarget {
    if (entry.batchNumber !== this.#batchNumber || entry.target === null) {
      entry.target = (this.#batch as MutableBatch).labels.parseTarget(entry.name, this.#needs.wants);
      entry.batchNumber = this.#batchNumber;
    }
    return entry.target;
  }

  #add(parent: KeyEntry | null, bytes: Uint8Array, hash: number): KeyEntry {
    if (this.#count >= this.#buckets.length) this.#grow();
    const index = (hash ^ (hash >>> 15)) & (this.#buckets.length - 1);
    const token = this.#tokenOf(bytes);
    const name = nameOf(parent, bytes);
    const entry = new KeyEntry(parent, bytes, token, hash, name, this.#needs, this.#buckets[index]);
    this.#buckets[index] = entry;
    this.#count++;
    return entry;
  }

  #grow(): void {
    const old = this.#buckets;
    const buckets = new Array<KeyEntry | null>(old.length * 4).fill(null);
    for (const head of old) {
      for (let entry = head; entry !== null;) {
        const next: KeyEntry | null = entry.next;
        const index = (entry.hash ^ (entry.hash >>> 15)) & (buckets.length - 1);
        entry.next = buckets[index];
        buckets[index] = entry;
        entry = next;
      }
    }
    this.#buckets = buckets;
  }
}

function nameOf(parent: KeyEntry | null, bytes: Uint8Array): string {
  const key = decodeUtf8(bytes);
  if (parent === null || parent.name === '') return labelName(key);
  const part = labelNamePart(key);
  return part === '' ? parent.name : `${parent.name}_${part}`;
}

/** `"key":` */
function jsonToken(key: Uint8Array): Uint8Array {
  return Uint8Array.of(QUOTE, ...key, QUOTE, COLON);
}

/** `key=` */
export function logfmtToken(key: Uint8Array): Uint8Array {
  return Uint8Array.of(...key, EQUALS);
}

/** Whether `heap` has the token of a key at `at`, followed by at least one byte before `end`. */
export function hasTokenAt(token: Uint8Array, heap: Uint8Array, at: number, end: number): boolean {
  const length = token.length;
  if (at + length >= end) return false;
  let i = 0;
  while (i < length && token[i] === heap[at + i]) i++;
  return i === length;
}

/** Whether `heap` has the entry's key at `at`, followed by the byte `after`. */
export function hasKeyAt(entry: KeyEntry, heap: Uint8Array, at: number, end: number, after: number): boolean {
  const bytes = entry.bytes;
  const length = bytes.length;
  if (at + length >= end || heap[at + length] !== after) return false;
  for (let i = 0; i < length; i++) if (bytes[i] !== heap[at + i]) return false;
  return true;
}
