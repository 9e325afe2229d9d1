import { Labels } from '../../../src/common/labels.ts';
import type { StreamTimeRange } from '../../../src/common/scan-unit.ts';
import { encodeUtf8 } from '../../../src/common/utf8.ts';
import type { HeadBlock } from '../../read/head-block.ts';
import { PUBLISHED_ROWS } from '../../read/head-block.ts';
import type { Cut } from '../cut.ts';

/** An entry as a test writes it down. `level` is the structured metadata `detected_level`. */
export interface PlainEntry {
  readonly labels: Readonly<Record<string, string>>;
  readonly timestamp: bigint;
  readonly line: string;
  readonly level?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface CutShape {
  readonly tenant?: string;
  readonly walId?: string;
  readonly firstSequence?: number;
  readonly lastSequence?: number;
  readonly blockRows?: number;
  readonly lateRanges?: readonly StreamTimeRange[];
}

/** Tables of a head: entries' streams, levels and metadata names by number. */
class HeadTables {
  readonly streams: Labels[] = [];
  readonly levels: string[] = [];
  readonly names: string[] = [];
  readonly #streamOf = new Map<string, number>();

  streamOf(record: Readonly<Record<string, string>>): number {
    const labels = Labels.fromRecord(record);
    let ordinal = this.#streamOf.get(labels.key);
    if (ordinal === undefined) {
      ordinal = this.streams.push(labels) - 1;
      this.#streamOf.set(labels.key, ordinal);
    }
    return ordinal;
  }
}

/** A cut of these entries in arrival order, laid out in blocks of shared memory as a head does. */
export function buildCut(entries: readonly PlainEntry[], shape: CutShape = {}): Cut {
  const tables = new HeadTables();
  const blockRows = shape.blockRows ?? 1000;
  const blocks: Cut['blocks'][number][] = [];
  for (let start = 0; start < entries.length; start += blockRows) {
    const part = entries.slice(start, start + blockRows);
    blocks.push({ block: buildBlock(`test/${blocks.length}`, part, tables), rowCount: part.length });
  }
  return {
    tenant: shape.tenant ?? 'test',
    walId: shape.walId ?? 'wal-1',
    firstSequence: shape.firstSequence ?? 1,
    lastSequence: shape.lastSequence ?? 9,
    blocks,
    streams: tables.streams.map(({ pairs }) => pairs),
    levels: tables.levels,
    metadataNames: tables.names,
    lateRanges: shape.lateRanges ?? [],
  };
}

function buildBlock(id: string, entries: readonly PlainEntry[], tables: HeadTables): HeadBlock {
  const lines = entries.map(({ line }) => encodeUtf8(line));
  const pairs = entries.map(({ metadata }) => Object.entries(metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  const values = pairs.flat().map(([, value]) => encodeUtf8(value));
  const block: HeadBlock = {
    id,
    control: new Int32Array(new SharedArrayBuffer(64)),
    stream: shared32(entries.map(({ labels }) => tables.streamOf(labels))),
    timestamp: sharedTimestamps(entries),
    lineOffsets: shared32(offsetsOf(lines)),
    lines: sharedBytes(lines),
    level: sharedLevels(entries.map(({ level }) => (level === undefined ? 0 : numberOf(tables.levels, level) + 1))),
    metadataOffsets: shared32(offsetsOf(pairs)),
    metadataName: shared32(pairs.flat().map(([name]) => numberOf(tables.names, name))),
    metadataValueOffsets: shared32(offsetsOf(values)),
    metadataValues: sharedBytes(values),
  };
  Atomics.store(block.control, PUBLISHED_ROWS, entries.length);
  return block;
}

function numberOf(table: string[], value: string): number {
  const known = table.indexOf(value);
  return known >= 0 ? known : table.push(value) - 1;
}

function offsetsOf(items: readonly { readonly length: number }[]): number[] {
  const offsets = [0];
  for (const { length } of items) offsets.push(offsets[offsets.length - 1] + length);
  return offsets;
}

function shared32(items: readonly number[]): Uint32Array {
  const array = new Uint32Array(new SharedArrayBuffer(items.length * 4 + 64));
  array.set(items);
  return array;
}

function sharedLevels(items: readonly number[]): Uint16Array {
  const array = new Uint16Array(new SharedArrayBuffer(items.length * 2 + 64));
  array.set(items);
  return array;
}

function sharedTimestamps(entries: readonly PlainEntry[]): BigInt64Array {
  const array = new BigInt64Array(new SharedArrayBuffer(entries.length * 8 + 64));
  for (const [i, { timestamp }] of entries.entries()) array[i] = timestamp;
  return array;
}

function sharedBytes(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = Buffer.concat(parts);
  const array = new Uint8Array(new SharedArrayBuffer(bytes.length + 64));
  array.set(bytes);
  return array;
}
