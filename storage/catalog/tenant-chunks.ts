import type { SkaldError } from '../../src/common/errors.ts';
import { dayRange, type TimeRange } from '../../src/common/time.ts';
import type { CommittedIndex, IndexSummary } from '../index/index-content.ts';
import { LastTimestamps } from './last-timestamps.ts';
import { StreamInterner } from './stream-interner.ts';
import { WalPositions } from './wal-positions.ts';

/** A committed chunk that is visible. */
export interface LiveChunk {
  readonly indexKey: string;
  /** Bytes of the index object up to the sections that are read apart. */
  readonly indexCoreBytes: number;
  readonly summary: IndexSummary;
}

/** Label sets that are kept by number; beyond this many, numbering starts anew. */
const STREAMS_INTERNED_MAX = 1_000_000;

/** What is committed of one tenant. */
export class TenantChunks {
  readonly #known = new Map<string, LiveChunk>();
  readonly #byChunkKey = new Map<string, LiveChunk>();
  readonly #damaged = new Map<string, { day: string; error: SkaldError }>();
  readonly #positions = new WalPositions();
  readonly #last = new LastTimestamps();
  #live: readonly LiveChunk[] | null = null;
  #interner = new StreamInterner();

  has(indexKey: string): boolean {
    return this.#known.has(indexKey) || this.#damaged.has(indexKey);
  }

  keys(): string[] {
    return [...this.#known.keys(), ...this.#damaged.keys()];
  }

  add({ key, coreBytes, summary, tails }: CommittedIndex): void {
    this.#damaged.delete(key);
    if (this.#known.has(key)) return;
    const chunk = { indexKey: key, indexCoreBytes: coreBytes, summary };
    this.#known.set(key, chunk);
    this.#byChunkKey.set(summary.chunkKey, chunk);
    for (const coverage of summary.coverage) this.#positions.add(summary.day, coverage);
    for (let i = 0; i < tails.hash.length; i++) this.#last.update(tails.hash[i], tails.lastTimestamp[i]);
    this.#live = null;
  }

  /** An index that exists and cannot be read: queries over its day fail, rather than being silently incomplete. */
  addDamaged(indexKey: string, day: string, error: SkaldError): void {
    this.#damaged.set(indexKey, { day, error });
  }

  remove(indexKey: string): void {
    this.#damaged.delete(indexKey);
    const known = this.#known.get(indexKey);
    if (known === undefined) return;
    this.#known.delete(indexKey);
    const { chunkKey } = known.summary;
    if (this.#byChunkKey.get(chunkKey) === known) this.#byChunkKey.delete(chunkKey);
    this.#live = null;
  }

  /** The chunk of an object key, if it is still known. */
  ofChunkKey(chunkKey: string): LiveChunk | undefined {
    return this.#byChunkKey.get(chunkKey);
  }

  isCommitted(walId: string, sequence: number, day: string): boolean {
    return this.#positions.has(day, walId, sequence);
  }

  lastTimestampOf(streamHash: bigint): bigint | undefined {
    return this.#last.get(streamHash);
  }

  /** Visible chunks, by index key. The list never changes; a later call may give another one. */
  live(): readonly LiveChunk[] {
    return (this.#live ??= this.#findLive());
  }

  /** Throws the error of a damaged index that may hold entries in the range. */
  checkReadable(range: TimeRange): void {
    if (this.#damaged.size === 0) return;
    const replaced = this.#replaced();
    for (const [key, { day, error }] of this.#damaged) {
      const { start, end } = dayRange(day);
      if (!replaced.has(key) && start < range.end && range.start < end) throw error;
    }
  }

  interner(): StreamInterner {
    if (this.#interner.size > STREAMS_INTERNED_MAX) this.#interner = new StreamInterner();
    return this.#interner;
  }

  #replaced(): Set<string> {
    return new Set([...this.#known.values()].flatMap(({ summary }) => summary.replaces));
  }

  #findLive(): LiveChunk[] {
    const replaced = this.#replaced();
    const positions = new Set<string>();
    const live: LiveChunk[] = [];
    for (const chunk of [...this.#known.values()].sort((a, b) => (a.indexKey < b.indexKey ? -1 : 1))) {
      if (replaced.has(chunk.indexKey) || isRepeatedCut(chunk.summary, positions)) continue;
      live.push(chunk);
    }
    return live;
  }
}

/**
 * A cut may be committed twice when its first commit seemed to fail, but did not: two indexes of one day cover the same
 * WAL records. The earlier one counts.
 */
function isRepeatedCut({ day, coverage, replaces }: IndexSummary, positions: Set<string>): boolean {
  if (replaces.length > 0) return false;
  const position = JSON.stringify([day, coverage.map((item) => [item.walId, item.firstSequence, item.lastSequence])]);
  if (positions.has(position)) return coverage.length > 0;
  positions.add(position);
  return false;
}
