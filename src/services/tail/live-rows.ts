import { compileMatcher, matchesAll, type CompiledMatcher } from '../../common/compiled-matcher.ts';
import { Labels } from '../../common/labels.ts';
import type { Matcher } from '../../common/matcher.ts';
import type { HeadUnit } from '../../common/scan-unit.ts';
import type { CatalogAnswer } from '../../../planner/physical/catalog.ts';
import type { HeadBlockSnapshot } from '../../../storage/read/head-block.ts';
import type { PublishedRows } from '../ingester/published-rows.ts';

/** What a catalog answers when exactly these rows exist. */
export interface LiveAnswer extends CatalogAnswer {
  readonly headBlocks: ReadonlyMap<string, HeadBlockSnapshot>;
}

const UNKNOWN = 0;
const NO_MATCH = 1;
const MATCH = 2;

/** Finds the streams of a selector among newly published rows; each stream is tested once. */
export class LiveSelection {
  readonly #matchers: readonly CompiledMatcher[];
  /** By head stream ordinal; of the head whose stream table this is. */
  #known = new Uint8Array(0);
  #table: readonly Labels[] | null = null;

  constructor(matchers: readonly Matcher[]) {
    this.#matchers = matchers.map(compileMatcher);
  }

  /** Null when no row is of a selected stream. */
  answer(parts: readonly PublishedRows[]): LiveAnswer | null {
    const selected = parts.map((part) => ({ part, ordinals: this.#ordinalsIn(part) }));
    const found = selected.filter(({ ordinals }) => ordinals.length > 0);
    if (found.length === 0) return null;
    const byKey = new Map<string, Labels>();
    for (const { part, ordinals } of found) {
      for (const ordinal of ordinals) byKey.set(part.streams[ordinal].key, part.streams[ordinal]);
    }
    const streams = [...byKey.values()].sort(Labels.compare);
    const ordinalOf = new Map(streams.map(({ key }, ordinal) => [key, ordinal]));
    const units = found.map(({ part, ordinals }) => unitOf(part, ordinals, ordinalOf));
    return {
      streams,
      units,
      headBlocks: new Map(found.map(({ part }) => [part.block.id, snapshotOf(part)])),
      statistics: {
        chunksTotal: 0,
        chunksMatched: 0,
        rowGroupsTotal: 0,
        rowGroupsMatched: 0,
        headRows: units.reduce((sum, { totalRows }) => sum + totalRows, 0),
        lookupMs: 0,
      },
    };
  }

  /** Whether a row of the part is of a selected stream. */
  selects({ block, streams }: PublishedRows, row: number): boolean {
    return this.#matches(streams, block.stream[row]);
  }

  /** Selected head stream ordinals of a part, each once. */
  #ordinalsIn({ block, firstRow, rowCount, streams }: PublishedRows): number[] {
    const found = new Set<number>();
    let previous = -1;
    for (let row = firstRow; row < firstRow + rowCount; row++) {
      const ordinal = block.stream[row];
      if (ordinal === previous) continue;
      previous = ordinal;
      if (this.#matches(streams, ordinal)) found.add(ordinal);
    }
    return [...found];
  }

  #matches(streams: readonly Labels[], ordinal: number): boolean {
    if (streams !== this.#table) {
      this.#table = streams;
      this.#known = new Uint8Array(0);
    }
    if (ordinal >= this.#known.length) {
      const grown = new Uint8Array(Math.max(streams.length, 2 * this.#known.length));
      grown.set(this.#known);
      this.#known = grown;
    }
    if (this.#known[ordinal] === UNKNOWN) {
      this.#known[ordinal] = matchesAll(this.#matchers, streams[ordinal]) ? MATCH : NO_MATCH;
    }
    return this.#known[ordinal] === MATCH;
  }
}

function unitOf(part: PublishedRows, ordinals: readonly number[], ordinalOf: ReadonlyMap<string, number>): HeadUnit {
  const { block, firstRow, rowCount, lineBytes, minTimestamp, maxTimestamp, streams } = part;
  const streamMap = new Uint32Array(Math.max(...ordinals) + 1);
  for (const ordinal of ordinals) streamMap[ordinal] = (ordinalOf.get(streams[ordinal].key) ?? -1) + 1;
  return {
    kind: 'Head',
    blockId: block.id,
    firstRow,
    totalRows: rowCount,
    rowCount,
    lineBytes,
    minTimestamp,
    maxTimestamp,
    excluded: [],
    streamMap,
  };
}

function snapshotOf({ block, levels, metadataNames }: PublishedRows): HeadBlockSnapshot {
  return { block, levels, metadataNames };
}

/** Appends parts to a list; rows that follow those of its last part in the same block are merged with them. */
export function appendRows(list: PublishedRows[], parts: readonly PublishedRows[]): void {
  for (const part of parts) {
    const last = list.at(-1);
    if (last?.block !== part.block || last.firstRow + last.rowCount !== part.firstRow) {
      list.push(part);
      continue;
    }
    list[list.length - 1] = {
      ...part,
      firstRow: last.firstRow,
      rowCount: last.rowCount + part.rowCount,
      lineBytes: last.lineBytes + part.lineBytes,
      minTimestamp: last.minTimestamp < part.minTimestamp ? last.minTimestamp : part.minTimestamp,
      maxTimestamp: last.maxTimestamp > part.maxTimestamp ? last.maxTimestamp : part.maxTimestamp,
    };
  }
}
