import { ulid } from 'ulid';
import type { Runtime } from '../../src/common/runtime.ts';
import { dayRange } from '../../src/common/time.ts';
import { encodeIndex } from '../index/encode-index.ts';
import { coreBytesOf, decodePrefix } from '../index/index-prefix.ts';
import type { CommittedIndex, IndexSummary, LateRanges } from '../index/index-content.ts';
import { streamHash } from '../index/stream-hash.ts';
import { chunkKey, indexKey } from '../objectstore/keys.ts';
import type { ObjectStore } from '../objectstore/object-store.ts';
import type { Cut } from './cut.ts';
import type { FrameCodec } from './frame-codec.ts';
import { ROW_GROUP_LIMITS, type RowGroupLimits } from './plan-row-groups.ts';
import { sortRows, type SortedRows } from './sort-rows.ts';
import { splitDays } from './split-days.ts';
import { writeChunk, type WrittenChunk } from './write-chunk.ts';

export interface WriteCutOptions {
  readonly runtime: Pick<Runtime, 'clock' | 'random'>;
  /** ZSTD unless said otherwise. */
  readonly codec?: FrameCodec;
  readonly rowGroupLimits?: RowGroupLimits;
  /** What an earlier attempt at this cut has committed: these days are not written again, and belong to the answer. */
  readonly committed?: readonly CommittedIndex[];
  /** Called for each day as soon as it is committed, so that a failed attempt can be continued. */
  readonly onCommitted?: (committed: CommittedIndex) => void;
}

/**
 * Writes a cut to the object store: per UTC day one chunk object and then, when that is durable, the index object that
 * commits it. When it throws, some days may be committed; the others left at most an orphan chunk.
 */
export async function writeCut(
  store: ObjectStore,
  cut: Cut,
  options: WriteCutOptions,
): Promise<readonly CommittedIndex[]> {
  const committed = [...(options.committed ?? [])];
  const done = new Set(committed.map(({ summary }) => summary.day));
  for (const dayRows of splitDays(cut)) {
    const rows = sortRows(cut, dayRows);
    if (done.has(rows.day)) continue;
    const index = await commitDay(store, cut, rows, options);
    committed.push(index);
    options.onCommitted?.(index);
  }
  return committed;
}

async function commitDay(
  store: ObjectStore,
  cut: Cut,
  rows: SortedRows,
  options: WriteCutOptions,
): Promise<CommittedIndex> {
  const { clock, random } = options.runtime;
  const id = ulid(clock.nowMs(), () => random.next());
  const chunk = writeChunk(cut, rows, {
    codec: options.codec ?? 'zstd',
    rowGroupLimits: options.rowGroupLimits ?? ROW_GROUP_LIMITS,
  });
  const summary = summarize(cut, rows, chunk, chunkKey(cut.tenant, rows.day, id));
  const tails = {
    hash: BigUint64Array.from(rows.streams, ({ key }) => streamHash(key)),
    lastTimestamp: chunk.lastTimestamp,
  };
  const bytes = encodeIndex({
    summary,
    streams: rows.streams,
    tails,
    rowRanges: chunk.rowRanges,
    columns: chunk.columns,
    rowGroups: chunk.rowGroups,
    lateRanges: lateRangesOf(cut, rows),
    skipTable: chunk.skipTable,
    minuteCounts: chunk.minuteCounts,
  });
  const key = indexKey(cut.tenant, rows.day, id);
  await store.put(summary.chunkKey, chunk.file.parts);
  await store.put(key, [bytes]);
  return { key, sizeBytes: bytes.length, coreBytes: coreBytesOf(decodePrefix(bytes, key)), summary, tails };
}

function summarize(cut: Cut, rows: SortedRows, chunk: WrittenChunk, key: string): IndexSummary {
  const { walId, firstSequence, lastSequence } = cut;
  return {
    tenant: cut.tenant,
    day: rows.day,
    chunkKey: key,
    chunkBytes: chunk.file.sizeBytes,
    chunkChecksum: chunk.file.checksum,
    minTimestamp: chunk.minTimestamp,
    maxTimestamp: chunk.maxTimestamp,
    rows: rows.rowCount,
    lineBytes: chunk.lineBytes,
    streams: rows.streams.length,
    rowGroups: chunk.rowGroups.rowCount.length,
    coverage: [{ walId, firstSequence, lastSequence }],
    replaces: [],
  };
}

/** The cut's late ranges as far as they fall on the day, with the chunk's stream ordinals. */
function lateRangesOf(cut: Cut, rows: SortedRows): LateRanges {
  const { start, end } = dayRange(rows.day);
  const late = cut.lateRanges
    .map(({ stream, minTimestamp, maxTimestamp }) => ({
      stream: rows.chunkStream[stream],
      minTimestamp: minTimestamp < start ? start : minTimestamp,
      maxTimestamp: maxTimestamp >= end ? end - 1n : maxTimestamp,
    }))
    .filter(({ stream, minTimestamp, maxTimestamp }) => stream >= 0 && minTimestamp <= maxTimestamp);
  return {
    stream: Uint32Array.from(late, ({ stream }) => stream),
    minTimestamp: BigInt64Array.from(late, ({ minTimestamp }) => minTimestamp),
    maxTimestamp: BigInt64Array.from(late, ({ maxTimestamp }) => maxTimestamp),
  };
}
