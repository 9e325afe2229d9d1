import type { Labels } from '../../src/common/labels.ts';
import type { Matcher } from '../../src/common/matcher.ts';
import type { TimeRange } from '../../src/common/time.ts';
import { compareUtf8 } from '../../src/common/utf8.ts';
import type { HeadView } from '../head/head-view.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';
import { pairsOf, selectStreams, type ValueTest } from '../index/select-streams.ts';
import { blocksIn, streamsPresent } from './head-units.ts';
import { IdSet } from './id-set.ts';
import type { StreamInterner } from './stream-interner.ts';

export interface SeriesRequest {
  readonly tenant: string;
  /** A stream must pass all matchers of any one set. */
  readonly matcherSets: readonly (readonly Matcher[])[];
  readonly range: TimeRange;
}

export interface LabelRequest {
  readonly tenant: string;
  readonly matchers?: readonly Matcher[];
  readonly range: TimeRange;
}

export interface LabelSource {
  readonly matcherSets: readonly (readonly Matcher[])[];
  /** One list per matcher set. */
  readonly tests: readonly (readonly ValueTest[])[];
  readonly range: TimeRange;
}

/**
 * Gathers streams for the label endpoints. Streams of a chunk count when the chunk has entries in the range (spec fact
 * 170), streams of the head when one of its blocks has.
 */
export class LabelCollector {
  readonly #source: LabelSource;
  readonly #interner: StreamInterner;
  readonly #selections: { readonly index: ChunkIndex; readonly ordinals: Uint32Array | null }[] = [];
  readonly #headIds = new Set<number>();

  constructor(source: LabelSource, interner: StreamInterner) {
    this.#source = source;
    this.#interner = interner;
  }

  addChunk(index: ChunkIndex): void {
    const { tests } = this.#source;
    // Null is «all»: names and values are then answered without looking at streams.
    if (tests.some((set) => set.length === 0)) {
      this.#selections.push({ index, ordinals: null });
      return;
    }
    const ordinals = new IdSet(index.summary.streams);
    for (const set of tests) ordinals.addAll(selectStreams(index, set));
    this.#selections.push({ index, ordinals: ordinals.items() });
  }

  addHead(head: HeadView): void {
    const present = streamsPresent(blocksIn(head, this.#source.range), head.streams.length);
    for (const matchers of this.#source.matcherSets) {
      for (const ordinal of head.select(matchers)) {
        if (present[ordinal] === 1) this.#headIds.add(this.#interner.idOf(head.streams[ordinal]));
      }
    }
  }

  labels(): Labels[] {
    const ids = new IdSet(this.#interner.size);
    for (const id of this.#headIds) ids.add(id);
    for (const { index, ordinals } of this.#selections) {
      const count = ordinals?.length ?? index.summary.streams;
      for (let i = 0; i < count; i++) ids.add(this.#interner.idIn(index, ordinals === null ? i : ordinals[i]));
    }
    return this.#interner.sorted(ids);
  }

  names(): string[] {
    const names = new Set<string>();
    for (const { index, ordinals } of this.#selections) {
      const symbols = index.symbols();
      for (const symbol of new Set(ordinals === null ? index.postings().name : pairNames(index, ordinals))) {
        names.add(symbols.at(symbol));
      }
    }
    for (const id of this.#headIds) for (const [name] of this.#interner.labelsOf(id).pairs) names.add(name);
    return [...names].sort(compareUtf8);
  }

  values(name: string): string[] {
    const values = new Set<string>();
    for (const { index, ordinals } of this.#selections) addValues(index, ordinals, name, values);
    for (const id of this.#headIds) {
      const value = this.#interner.labelsOf(id).get(name);
      if (value !== undefined) values.add(value);
    }
    return [...values].sort(compareUtf8);
  }
}

/** Name symbols of all pairs of the streams. */
function* pairNames(index: ChunkIndex, ordinals: Uint32Array): Generator<number> {
  const { first, name } = index.streamPairs();
  for (const ordinal of ordinals) for (let pair = first[ordinal]; pair < first[ordinal + 1]; pair++) yield name[pair];
}

function addValues(index: ChunkIndex, ordinals: Uint32Array | null, name: string, values: Set<string>): void {
  const symbols = index.symbols();
  const { value, first, stream } = index.postings();
  const { start, end } = pairsOf(index, name);
  const selected = ordinals === null ? null : new Uint8Array(index.summary.streams);
  for (const ordinal of ordinals ?? []) if (selected !== null) selected[ordinal] = 1;
  for (let pair = start; pair < end; pair++) {
    const isUsed =
      selected === null || stream.subarray(first[pair], first[pair + 1]).some((ordinal) => selected[ordinal] === 1);
    if (isUsed) values.add(symbols.at(value[pair]));
  }
}
