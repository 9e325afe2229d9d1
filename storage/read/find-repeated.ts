import type { OptionalValues, TextValues, UnitReader } from './unit-reader.ts';

/**
 * Of `rows` (ascending), those that repeat an earlier one of them: the same stream, timestamp, line and structured
 * metadata. Lines are read only when streams and timestamps meet, metadata only when lines meet too.
 */
export async function findRepeated(rows: readonly number[], reader: UnitReader): Promise<ReadonlySet<number>> {
  const meeting = groupByTime(rows, reader.streams(), await reader.timestamps());
  if (meeting.length === 0) return new Set();
  const equalLines = groupByLine(meeting, await reader.lines());
  if (equalLines.length === 0) return new Set();
  const metadata: OptionalValues[] = [];
  for (const name of await reader.metadataNames()) {
    const column = await reader.metadata(name);
    if (column !== null) metadata.push(column);
  }
  const repeated = new Set<number>();
  for (const group of equalLines) {
    const kept: number[] = [];
    for (const row of group) {
      if (kept.some((other) => metadata.every((column) => isEqualValue(column, other, row)))) repeated.add(row);
      else kept.push(row);
    }
  }
  return repeated;
}

/** Groups of at least two rows with the same stream and timestamp, each ascending. */
function groupByTime(rows: readonly number[], streams: Uint32Array, timestamps: BigInt64Array): number[][] {
  const sorted = Uint32Array.from(rows).sort((a, b) => {
    if (streams[a] !== streams[b]) return streams[a] - streams[b];
    const aTime = timestamps[a];
    const bTime = timestamps[b];
    if (aTime === bTime) return a - b;
    return aTime < bTime ? -1 : 1;
  });
  const groups: number[][] = [];
  for (let first = 0; first < sorted.length;) {
    const row = sorted[first];
    let last = first + 1;
    while (
      last < sorted.length &&
      streams[sorted[last]] === streams[row] &&
      timestamps[sorted[last]] === timestamps[row]
    ) {
      last++;
    }
    if (last - first > 1) groups.push([...sorted.subarray(first, last)]);
    first = last;
  }
  return groups;
}

/** Within the groups, groups of at least two rows with the same line. */
function groupByLine(groups: readonly number[][], lines: TextValues): number[][] {
  const found: number[][] = [];
  for (const group of groups) {
    const byHash = new Map<number, number[][]>();
    for (const row of group) {
      const hash = hashLine(lines, row);
      const classes = byHash.get(hash) ?? [];
      if (classes.length === 0) byHash.set(hash, classes);
      const known = classes.find(([other]) => isEqualLine(lines, other, row));
      if (known === undefined) classes.push([row]);
      else known.push(row);
    }
    for (const classes of byHash.values()) found.push(...classes.filter((rows) => rows.length > 1));
  }
  return found;
}

function hashLine({ offsets, values }: TextValues, row: number): number {
  let hash = 0x811c9dc5;
  for (let i = offsets[row]; i < offsets[row + 1]; i++) hash = Math.imul(hash ^ values[i], 0x01000193);
  return hash >>> 0;
}

function isEqualLine({ offsets, values }: TextValues, a: number, b: number): boolean {
  return isEqualSpan(values, offsets[a], offsets[a + 1] - offsets[a], offsets[b], offsets[b + 1] - offsets[b]);
}

function isEqualValue({ start, length, values }: OptionalValues, a: number, b: number): boolean {
  return isEqualSpan(values, start[a], length[a], start[b], length[b]);
}

/** Lengths of -1 (no value) are equal to each other only. */
function isEqualSpan(values: Uint8Array, a: number, aLength: number, b: number, bLength: number): boolean {
  if (aLength !== bLength) return false;
  for (let i = 0; i < aLength; i++) if (values[a + i] !== values[b + i]) return false;
  return true;
}
