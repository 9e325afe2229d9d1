import { compileMatcher } from '../../src/common/compiled-matcher.ts';
import type { Labels } from '../../src/common/labels.ts';
import type { Matcher } from '../../src/common/matcher.ts';
import type { MinutesAnswer } from '../../src/common/minutes-answer.ts';
import type { PruneAnswer, PruneRequest } from '../../src/common/prune.ts';
import type { Clock } from '../../src/common/runtime.ts';
import type { ScanUnit, StreamTimeRange } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { HeadView } from '../head/head-view.ts';
import { rememberingTest, type ValueTest } from '../index/select-streams.ts';
import type { HeadBlockSnapshot } from '../read/head-block.ts';
import { addMinutes } from './add-minutes.ts';
import type { ChunkCatalog, ChunkSnapshot } from './chunk-catalog.ts';
import { type ChunkMatch, matchChunk, unitsOfChunk } from './chunk-units.ts';
import { blocksIn, snapshotsOf, unitsOfHead } from './head-units.ts';
import { IdSet } from './id-set.ts';
import { LabelCollector, type LabelRequest, type LabelSource, type SeriesRequest } from './label-collector.ts';
import { pruneUnits } from './prune-units.ts';
import { splitOverlap } from './split-overlap.ts';
import { piecesOfChunk, piecesOfHead } from './stream-pieces.ts';
import {
  statisticsOf,
  type StreamStatistics,
  type StreamVolumes,
  type TenantStatistics,
  totalOf,
  volumesOf,
} from './stream-statistics.ts';

export interface FindRequest {
  readonly tenant: string;
  readonly matchers: readonly Matcher[];
  readonly range: TimeRange;
}

/** What planner/physical/catalog.ts asks for, and the head blocks that the units refer to. */
export interface FindAnswer {
  /** Selected streams; units refer to them by index. Sorted by `Labels.compare`. */
  readonly streams: readonly Labels[];
  readonly units: readonly ScanUnit[];
  readonly statistics: FindStatistics;
  /** By block id, as of this answer. */
  readonly headBlocks: ReadonlyMap<string, HeadBlockSnapshot>;
}

export interface FindStatistics {
  /** Chunks of the tenant, and those with a selected row in range. */
  readonly chunksTotal: number;
  readonly chunksMatched: number;
  /** Row groups of the matched chunks, and those with a selected row in range. */
  readonly rowGroupsTotal: number;
  readonly rowGroupsMatched: number;
  readonly headRows: number;
  readonly lookupMs: number;
}

/**
 * Everything of a tenant that can be read: committed chunks and the head. An answer is a snapshot: chunks and head are
 * taken in one synchronous turn, in which an entry is in one of them, so that each is found exactly once. Errors:
 * `bad_query` for an invalid regular expression, `corruption` and the like for an index.
 */
export class StorageCatalog {
  readonly #chunks: ChunkCatalog;
  readonly #headOf: (tenant: string) => HeadView | null;
  readonly #clock: Clock;

  constructor(chunks: ChunkCatalog, headOf: (tenant: string) => HeadView | null, clock: Clock) {
    this.#chunks = chunks;
    this.#headOf = headOf;
    this.#clock = clock;
  }

  /** Units that together have every entry of matching streams in `[start, end)` exactly once. */
  async find({ tenant, matchers, range }: FindRequest): Promise<FindAnswer> {
    const startMs = this.#clock.monotonicMs();
    const tests = testsOf(matchers);
    const snapshot = this.#chunks.snapshot(tenant, range);
    const head = this.#selectHead(tenant, matchers, range, snapshot);
    const matches: ChunkMatch[] = [];
    for await (const index of this.#chunks.indexes(snapshot.chunks)) {
      const match = matchChunk(index, tests, range, snapshot.interner);
      if (match !== null) matches.push(match);
    }
    const { streams, places } = numberStreams(matches, head.streamIds, snapshot);
    const chunkUnits = matches.flatMap((match) => unitsOfChunk(match, places));
    const headUnits = unitsOfHead(head.blocks, streamMapOf(head, places));
    const late = lateRangesOf(matches, head, places, snapshot, range);
    return {
      streams,
      units: splitOverlap(chunkUnits, headUnits, late),
      headBlocks: head.snapshots,
      statistics: {
        chunksTotal: snapshot.total,
        chunksMatched: matches.length,
        rowGroupsTotal: matches.reduce((sum, { index }) => sum + index.summary.rowGroups, 0),
        rowGroupsMatched: chunkUnits.length,
        headRows: headUnits.reduce((sum, { totalRows }) => sum + totalRows, 0),
        lookupMs: this.#clock.monotonicMs() - startMs,
      },
    };
  }

  /**
   * The units of an answer that may have what is required: row groups that certainly do not are left out. Errors:
   * `unavailable`.
   */
  async prune(request: PruneRequest): Promise<PruneAnswer> {
    const startMs = this.#clock.monotonicMs();
    const { units, report } = await pruneUnits(request, (chunkKey) => this.#chunks.skipIndexOf(chunkKey));
    return { units, report: { ...report, ms: this.#clock.monotonicMs() - startMs } };
  }

  /** The units of an answer with what is known of their minutes. Errors: `unavailable`. */
  async addMinutes(found: readonly ScanUnit[]): Promise<MinutesAnswer> {
    const startMs = this.#clock.monotonicMs();
    const { units, report } = await addMinutes(found, (chunkKey) => this.#chunks.minuteCountsOf(chunkKey));
    return { units, report: { ...report, ms: this.#clock.monotonicMs() - startMs } };
  }

  /** Label sets of streams that match any of the matcher sets (all streams when there is none), sorted. */
  async series({ tenant, matcherSets, range }: SeriesRequest): Promise<Labels[]> {
    const sets = matcherSets.length === 0 ? [[]] : matcherSets;
    const collector = await this.#collect(tenant, sets, range);
    return collector.labels();
  }

  /** Names of labels, sorted. */
  async labelNames({ tenant, matchers, range }: LabelRequest): Promise<string[]> {
    return (await this.#collect(tenant, [matchers ?? []], range)).names();
  }

  /** Values of one label, sorted. */
  async labelValues({ tenant, matchers, range, name }: LabelRequest & { readonly name: string }): Promise<string[]> {
    return (await this.#collect(tenant, [matchers ?? []], range)).values(name);
  }

  /** Estimates of every matching stream's entries and bytes, from indexes and head, sorted by Labels.compare. */
  async streamStatistics(request: FindRequest): Promise<StreamStatistics[]> {
    const { pieces, interner } = await this.#pieces(request);
    return statisticsOf(pieces, request.range, interner);
  }

  /** Estimates of every matching stream's bytes in each of the ranges, which ascend and lie in the request's range. */
  async streamVolumes(request: FindRequest, ranges: readonly TimeRange[]): Promise<Iterable<StreamVolumes>> {
    const { pieces, interner } = await this.#pieces(request);
    return volumesOf(pieces, ranges, interner);
  }

  /** The sums of `streamStatistics`. */
  async stats(request: FindRequest): Promise<TenantStatistics> {
    return totalOf(await this.streamStatistics(request));
  }

  async #pieces({ tenant, matchers, range }: FindRequest) {
    const tests = testsOf(matchers);
    const { chunks, interner } = this.#chunks.snapshot(tenant, range);
    const head = this.#headOf(tenant);
    const pieces = head === null ? [] : [...piecesOfHead(head, chunks.length, matchers, range, interner)];
    let source = 0;
    for await (const index of this.#chunks.indexes(chunks)) {
      for (const piece of piecesOfChunk(index, source, tests, range, interner)) pieces.push(piece);
      source++;
    }
    return { pieces, interner };
  }

  async #collect(
    tenant: string,
    matcherSets: readonly (readonly Matcher[])[],
    range: TimeRange,
  ): Promise<LabelCollector> {
    const source: LabelSource = { matcherSets, tests: matcherSets.map(testsOf), range };
    const snapshot = this.#chunks.snapshot(tenant, range);
    const head = this.#headOf(tenant);
    const collector = new LabelCollector(source, snapshot.interner);
    if (head !== null) collector.addHead(head);
    for await (const index of this.#chunks.indexes(snapshot.chunks)) collector.addChunk(index);
    return collector;
  }

  #selectHead(
    tenant: string,
    matchers: readonly Matcher[],
    range: TimeRange,
    { interner }: ChunkSnapshot,
  ): HeadSelection {
    const head = this.#headOf(tenant);
    const selected = head === null ? new Uint32Array(0) : head.select(matchers);
    if (head === null || selected.length === 0) return NO_HEAD;
    const blocks = blocksIn(head, range);
    return {
      streamCount: blocks.length === 0 ? 0 : head.streams.length,
      selected: blocks.length === 0 ? new Uint32Array(0) : selected,
      streamIds: blocks.length === 0 ? [] : Array.from(selected, (ordinal) => interner.idOf(head.streams[ordinal])),
      blocks,
      snapshots: snapshotsOf(head, blocks),
      lateRanges: head.lateRanges,
    };
  }
}

/** What a query finds in the head, before query stream ordinals exist. */
interface HeadSelection {
  readonly streamCount: number;
  /** Head stream ordinals, and the interner's ids of them. */
  readonly selected: Uint32Array;
  readonly streamIds: readonly number[];
  readonly blocks: ReturnType<typeof blocksIn>;
  readonly snapshots: ReadonlyMap<string, HeadBlockSnapshot>;
  readonly lateRanges: readonly StreamTimeRange[];
}

const NO_HEAD: HeadSelection = {
  streamCount: 0,
  selected: new Uint32Array(0),
  streamIds: [],
  blocks: [],
  snapshots: new Map(),
  lateRanges: [],
};

function testsOf(matchers: readonly Matcher[]): ValueTest[] {
  return matchers.map((matcher) => rememberingTest(compileMatcher(matcher)));
}

function numberStreams(matches: readonly ChunkMatch[], headIds: readonly number[], { interner }: ChunkSnapshot) {
  const ids = new IdSet(interner.size);
  for (const id of headIds) ids.add(id);
  for (const { streamIds } of matches) ids.addAll(streamIds);
  return interner.number(ids);
}

function streamMapOf({ streamCount, selected, streamIds }: HeadSelection, places: Uint32Array): Uint32Array {
  const streamMap = new Uint32Array(streamCount);
  for (let i = 0; i < selected.length; i++) streamMap[selected[i]] = places[streamIds[i]];
  return streamMap;
}

/** Late ranges of selected streams, within the query's range, with query stream ordinals. */
function lateRangesOf(
  matches: readonly ChunkMatch[],
  head: HeadSelection,
  places: Uint32Array,
  { interner }: ChunkSnapshot,
  range: TimeRange,
): StreamTimeRange[] {
  const found: StreamTimeRange[] = [];
  /** `place`: ordinal + 1; streams that are not selected have none. */
  const add = (place: number | undefined, min: bigint, max: bigint): void => {
    const minTimestamp = min < range.start ? range.start : min;
    const maxTimestamp = max >= range.end ? range.end - 1n : max;
    if (place !== undefined && place > 0 && minTimestamp <= maxTimestamp)
      found.push({ stream: place - 1, minTimestamp, maxTimestamp });
  };
  for (const { index } of matches) {
    const { stream, minTimestamp, maxTimestamp } = index.lateRanges();
    for (let i = 0; i < stream.length; i++) {
      add(places[interner.idIn(index, stream[i])], minTimestamp[i], maxTimestamp[i]);
    }
  }
  if (head.lateRanges.length > 0 && head.blocks.length > 0) {
    const streamMap = streamMapOf(head, places);
    for (const { stream, minTimestamp, maxTimestamp } of head.lateRanges) {
      add(streamMap[stream], minTimestamp, maxTimestamp);
    }
  }
  return found;
}
