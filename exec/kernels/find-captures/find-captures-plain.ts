import type { TextColumn } from '../../batch/text-column.ts';
import type { FoundSpans } from '../found-spans.ts';
import type { LinePattern } from './line-pattern.ts';

/** What `CaptureFinder.find` does, one line after another. */
export function findCapturesPlain(
  { offsets, values }: TextColumn,
  selection: Uint32Array,
  pattern: LinePattern,
): FoundSpans {
  const count = selection.length;
  const wantedCount = pattern.captures.filter(({ isWanted }) => isWanted).length;
  const spans = new Uint32Array(2 * wantedCount * count);
  const isFound = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const start = offsets[selection[i]];
    const found = capturesOf(Buffer.from(values.subarray(start, offsets[selection[i] + 1])), pattern);
    if (found === null) continue;
    isFound[i] = 1;
    for (const [w, [from, length]] of found.entries()) spans.set([start + from, length], 2 * (w * count + i));
  }
  return { rowCount: isFound.reduce((sum, one) => sum + one, 0), isFound, spans };
}

/** Begin and length of the wanted captures; null when something is not there. */
function capturesOf(line: Buffer, { prefix, captures }: LinePattern): [number, number][] | null {
  if (line.length === 0 || !line.subarray(0, prefix.length).equals(prefix)) return null;
  const found: [number, number][] = [];
  let pos = prefix.length;
  for (const { until, isWanted } of captures) {
    const end = until.length === 0 ? line.length : line.indexOf(until, pos);
    if (end < 0) return null;
    if (isWanted) found.push([pos, end - pos]);
    pos = end + until.length;
  }
  return found;
}
