import path from 'node:path';
import { systemErrorCode } from '../../src/common/errors.ts';
import type { FileSystem } from '../../src/common/runtime.ts';
import { follows, type Position, replaySegment, type WalRecord } from '../wal/replay.ts';
import { listSegments, parseSegmentHeader, SEGMENT_HEADER_BYTES, segmentFile } from '../wal/segment.ts';
import { walCorruption } from '../wal/wal-error.ts';
import { type ReportDamage, reported } from './damage.ts';

export interface VerifiedWal {
  readonly segments: number;
  readonly records: number;
  readonly entries: number;
  readonly sizeBytes: number;
}

/**
 * Reads all segments of a WAL as replay would, and changes nothing. It may run beside a server: the end of the last
 * segment may be a record that is being written, and the first segments may be released meanwhile.
 */
export async function verifyWal(files: FileSystem, directory: string, report: ReportDamage): Promise<VerifiedWal> {
  const numbers = await listSegments(files, directory);
  let [segments, records, entries, sizeBytes] = [0, 0, 0, 0];
  let expected: Position | null = null;
  const onRecord = ({ batch }: WalRecord): Promise<void> => {
    records += 1;
    entries += batch.rowCount;
    return Promise.resolve();
  };
  for (const number of numbers) {
    const file = segmentFile(directory, number);
    const bytes = await readIfThere(files, file);
    if (bytes === null) continue;
    segments += 1;
    sizeBytes += bytes.length;
    const segment = { file, number, bytes, isLast: number === numbers.at(-1) };
    const next: { position: Position | null } = { position: null };
    await reported(report, async () => {
      next.position = await verifySegment(segment, expected, onRecord, report);
    });
    expected = next.position;
  }
  return { segments, records, entries, sizeBytes };
}

interface Segment {
  readonly file: string;
  readonly number: number;
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

/** What must follow it. Throws `corruption` when nothing of it can be read. */
async function verifySegment(
  { file, number, bytes, isLast }: Segment,
  expected: Position | null,
  onRecord: (record: WalRecord) => Promise<void>,
  report: ReportDamage,
): Promise<Position> {
  const header = parseSegmentHeader(file, number, bytes.subarray(0, SEGMENT_HEADER_BYTES));
  if (expected !== null && !follows(header, expected)) {
    const wanted = `segment ${expected.number} and record ${expected.sequence}`;
    report(walCorruption(file, 0, `it begins with record ${header.firstSequence}, expected ${wanted}`).message);
  }
  const end = await replaySegment({ directory: path.dirname(file), onRecord }, header, bytes, isLast);
  if (end.kind === 'Damaged') report(walCorruption(file, end.offset, end.state).message);
  return end.next;
}

async function readIfThere(files: FileSystem, file: string): Promise<Buffer | null> {
  try {
    const bytes = await files.readFile(file);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
