import { SkaldError } from '../src/common/errors.ts';
import { decodeUtf8 } from '../src/common/utf8.ts';
import { ByteInterner } from '../src/common/byte-interner.ts';
import type { EntryBatchBuilder } from './entry-batch-builder.ts';
import { levelOfBytes, levelOfSeverityNumber, LEVEL_NAMES, NO_LEVEL } from './level-detection.ts';
import { METADATA_PAIRS_MAX, normalizeMetadataName } from './structured-metadata.ts';

const DETECTED_LEVEL = 'detected_level';
const SEVERITY_NUMBER = 'severity_number';
/** Different names, and different levels that are not in LEVEL_NAMES, of one push. */
const NAMES_MAX = 10_000;
const CUSTOM_LEVELS_MAX = 1_000;

/** A name as received, and what it means. */
interface KnownName {
  readonly normalized: string;
  /** Number in the batch, given when first stored. */
  stored: number;
  /** Position in log_level_fields, or -1. */
  readonly levelRank: number;
}

/**
 * The structured metadata of the entry being added: collected as positions in the body, then stored under normalized
 * names, sorted, the last of equal names. Nothing is allocated for names that the push had before.
 */
export class MetadataStage {
  readonly #body: Uint8Array;
  readonly #builder: EntryBatchBuilder;
  readonly #levelFields: readonly string[];
  readonly #names = new ByteInterner();
  readonly #known: (KnownName | undefined)[] = [];
  readonly #storedNames = new Map<string, number>();
  readonly #levels = new ByteInterner();
  readonly #levelNumbers: number[] = [];
  readonly #levelsByName = new Map<string, number>();
  /** The entry's pairs: number of the received name, value range. Reordered by `resolve`. */
  #name = new Int32Array(16);
  #valueStart = new Int32Array(16);
  #valueEnd = new Int32Array(16);
  #count = 0;
  #length = 0;

  constructor(body: Uint8Array, builder: EntryBatchBuilder, levelFields: readonly string[]) {
    this.#body = body;
    this.#builder = builder;
    this.#levelFields = levelFields;
  }

  /** Pairs as received. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of names and values as received. */
  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#count = 0;
    this.#length = 0;
  }

  /** Pairs above METADATA_PAIRS_MAX are only counted: validation refuses the entry. */
  add(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const at = this.#count++;
    this.#length += nameEnd - nameStart + valueEnd - valueStart;
    if (at >= METADATA_PAIRS_MAX) return;
    if (at === this.#name.length) this.#grow();
    const name = this.#names.intern(this.#body, nameStart, nameEnd);
    if (name === NAMES_MAX) {
      throw new SkaldError('bad_request', `Cannot store push: more than ${NAMES_MAX} structured metadata names`);
    }
    this.#name[at] = name;
    this.#valueStart[at] = valueStart;
    this.#valueEnd[at] = valueEnd;
  }

  /**
   * Normalizes and sorts the pairs, so that `store` and the level methods may follow. Throws SkaldError `internal` for a
   * name that cannot be normalized.
   */
  resolve(): void {
    let count = 0;
    for (let i = 0; i < this.#count; i++) {
      const name = this.#name[i];
      const text = this.#knownName(name).normalized;
      let at = count;
      while (at > 0 && this.#normalizedAt(at - 1) > text) at--;
      const replaces = at > 0 && this.#normalizedAt(at - 1) === text;
      const start = this.#valueStart[i];
      const end = this.#valueEnd[i];
      if (replaces) at--;
      else this.#shift(at, count++);
      this.#name[at] = name;
      this.#valueStart[at] = start;
      this.#valueEnd[at] = end;
    }
    this.#count = count;
  }

  /** Stores the resolved pairs, but for the level, which is a column of its own. */
  store(): void {
    for (let i = 0; i < this.#count; i++) {
      const known = this.#known[this.#name[i]] as KnownName;
      if (known.normalized === DETECTED_LEVEL) continue;
      if (known.stored < 0) known.stored = this.#storedName(known.normalized);
      this.#builder.addPair(known.stored, this.#body, this.#valueStart[i], this.#valueEnd[i]);
    }
  }

  /**
   * The level number that the resolved pairs give by themselves: `detected_level`, which the client may set (spec fact
   * 198); normalized unless detection is off. NO_LEVEL when there is none.
   */
  ownLevel(normalize: boolean): number {
    for (let i = 0; i < this.#count; i++) {
      if (this.#normalizedAt(i) === DETECTED_LEVEL) return this.#levelOfValue(i, normalize);
    }
    return NO_LEVEL;
  }

  /** The level number of the first level field, else of an OTLP severity number, else NO_LEVEL. */
  fieldLevel(): number {
    let best = -1;
    let severity = -1;
    for (let i = 0; i < this.#count; i++) {
      const known = this.#known[this.#name[i]] as KnownName;
      if (known.normalized === SEVERITY_NUMBER) severity = i;
      if (known.levelRank < 0 || this.#valueStart[i] === this.#valueEnd[i]) continue;
      if (best < 0 || known.levelRank < (this.#known[this.#name[best]] as KnownName).levelRank) best = i;
    }
    if (best >= 0) return this.#levelOfValue(best, true);
    if (severity < 0) return NO_LEVEL;
    return levelOfSeverityNumber(this.#body, this.#valueStart[severity], this.#valueEnd[severity]);
  }

  /** The level number of a level that is already normalized. */
  levelNumber(name: string): number {
    const standard = (LEVEL_NAMES as readonly string[]).indexOf(name) + 1;
    if (standard > 0) return standard;
    let number = this.#levelsByName.get(name);
    if (number === undefined) {
      if (this.#levelsByName.size >= CUSTOM_LEVELS_MAX) {
        throw new SkaldError('bad_request', `Cannot store push: more than ${CUSTOM_LEVELS_MAX} different levels`);
      }
      number = this.#builder.addLevel(name);
      this.#levelsByName.set(name, number);
    }
    return number;
  }

  #levelOfValue(i: number, normalize: boolean): number {
    const start = this.#valueStart[i];
    const end = this.#valueEnd[i];
    if (start === end) return NO_LEVEL;
    if (normalize) {
      const level = levelOfBytes(this.#body, start, end);
      if (level !== NO_LEVEL) return level;
    }
    const id = this.#levels.intern(this.#body, start, end);
    if (id === this.#levelNumbers.length) this.#levelNumbers.push(this.levelNumber(this.#textOf(i)));
    return this.#levelNumbers[id];
  }

  #textOf(i: number): string {
    return decodeUtf8(this.#body, this.#valueStart[i], this.#valueEnd[i]);
  }

  #normalizedAt(i: number): string {
    return (this.#known[this.#name[i]] as KnownName).normalized;
  }

  #knownName(id: number): KnownName {
    const known = this.#known[id];
    if (known !== undefined) return known;
    const normalized = normalizeMetadataName(this.#names.textOf(id));
    const added = { normalized, stored: -1, levelRank: this.#levelFields.indexOf(normalized) };
    this.#known[id] = added;
    return added;
  }

  #storedName(normalized: string): number {
    let stored = this.#storedNames.get(normalized);
    if (stored === undefined) {
      stored = this.#builder.addMetadataName(normalized);
      this.#storedNames.set(normalized, stored);
    }
    return stored;
  }

  #shift(at: number, count: number): void {
    for (let i = count; i > at; i--) {
      this.#name[i] = this.#name[i - 1];
      this.#valueStart[i] = this.#valueStart[i - 1];
      this.#valueEnd[i] = this.#valueEnd[i - 1];
    }
  }

  #grow(): void {
    const grow = (array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(2 * array.length);
      larger.set(array);
      return larger;
    };
    this.#name = grow(this.#name);
    this.#valueStart = grow(this.#valueStart);
    this.#valueEnd = grow(this.#valueEnd);
  }
}
