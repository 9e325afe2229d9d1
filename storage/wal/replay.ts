import { SkaldError } from '../../src/common/errors.ts';
import type { FileSystem } from '../../src/common/runtime.ts';
import type { EntryBatch } from '../head/entry-batch.ts';
import { checksumOf } from './checksum.ts';
import { decodeEntries } from './entry-record.ts';
import {
  FRAME_BYTES,
  frameSeed,
  isDurableAt,
  parseFrame,
  PAYLOAD_BYTES_MAX,
  RECORD_ENTRIES,
  RECORD_GAP,
} from './frame.ts';
import { closeWithGap, cutBack, keepDamaged, setAside } from './repair.ts';
import {
  hex,
  listSegments,
  parseSegmentHeader,
  removeTemporaries,
  SEGMENT_HEADER_BYTES,
  segmentFile,
} from './segment.ts';
import type { SegmentHeader } from './segment.ts';
import { walCorruption } from './wal-error.ts';

/** One acknowledged push. The batch belongs to whoever gets the record. */
export interface WalRecord {
  readonly walId: string;
  readonly sequence: number;
  readonly tenant: string;
  readonly batch: EntryBatch;
}

export interface ReplayOptions {
  readonly files: FileSystem;
  readonly directory: string;
  /** `refuse` throws at the first damage; `repair` keeps what precedes it in its segment and goes on with the next. */
  readonly onDamage: 'refuse' | 'repair';
  /** Called for each damage that was repaired. */
  report(damage: SkaldError): void;
  /** Called in sequence order; the next record waits for it. */
  onRecord(record: WalRecord): Promise<void>;
}

/** A segment that is on disk after replay. */
export interface ReplayedSegment {
  readonly number: number;
  readonly nextSequence: number;
  readonly sizeBytes: number;
}

interface Segment extends ReplayedSegment {
  readonly walId: string;
}

export interface Position {
  readonly number: number;
  readonly sequence: number;
}

/** Where reading a segment came to an end; `next` is what must follow. */
export interface SegmentEnd {
  readonly kind: 'Clean' | 'Torn' | 'Damaged';
  readonly offset: number;
  readonly next: Position;
  readonly state: string;
}

/**
 * Reads all segments in order, and leaves a directory that a later replay reads without complaint.
 * Errors: `corruption`, `unsupported_version`, and what `onRecord` throws.
 */
export async function replayWal(options: ReplayOptions): Promise<ReplayedSegment[]> {
  const { files, directory } = options;
  await removeTemporaries(files, directory);
  const headers = await readHeaders(options);
  const segments: Segment[] = [];
  let expected: Position | null = null;
  for (const [index, header] of headers.entries()) {
    if (expected !== null && !follows(header, expected)) await bridgeGap(options, segments, header, expected);
    const following = headers[index + 1];
    const bytes = asBuffer(await files.readFile(segmentFile(directory, header.number)));
    const end = await replaySegment(options, header, bytes, following === undefined);
    const sizeBytes = await settleEnd(options, header, bytes, end, following);
    expected = end.kind === 'Damaged' && following !== undefined ? positionOf(following) : end.next;
    segments.push({ walId: header.walId, number: header.number, nextSequence: end.next.sequence, sizeBytes });
  }
  return segments;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function positionOf(header: SegmentHeader): Position {
  return { number: header.number, sequence: header.firstSequence };
}

export function follows(header: SegmentHeader, expected: Position): boolean {
  return header.number === expected.number && header.firstSequence === expected.sequence;
}

/** Headers of all segments; a repair sets segments aside that have none. */
async function readHeaders(options: ReplayOptions): Promise<SegmentHeader[]> {
  const { files, directory } = options;
  const headers: SegmentHeader[] = [];
  for (const number of await listSegments(files, directory)) {
    const file = segmentFile(directory, number);
    const opened = await files.open(file, 'r');
    try {
      const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
      const length = await opened.read(bytes, 0);
      headers.push(parseSegmentHeader(file, number, bytes.subarray(0, length)));
    } catch (error) {
      if (!isCorruption(error) || options.onDamage === 'refuse') throw error;
      await setAside(files, directory, number);
      options.report(error);
    } finally {
      await opened.close();
    }
  }
  return headers;
}

function isCorruption(error: unknown): error is SkaldError {
  return error instanceof SkaldError && error.code === 'corruption';
}

/** Records between two segments are gone. */
async function bridgeGap(
  options: ReplayOptions,
  segments: Segment[],
  header: SegmentHeader,
  expected: Position,
): Promise<void> {
  const { files, directory } = options;
  const damage = walCorruption(
    segmentFile(directory, header.number),
    0,
    `it is segment ${header.number} and begins with record ${header.firstSequence}, ` +
      `expected segment ${expected.number} and record ${expected.sequence}`,
  );
  if (options.onDamage === 'refuse') throw damage;
  const previous = segments.pop() as Segment;
  const gap = {
    walId: previous.walId,
    offset: previous.sizeBytes,
    number: header.number,
    sequence: header.firstSequence,
  };
  const sizeBytes = await closeWithGap(files, segmentFile(directory, previous.number), gap);
  segments.push({ ...previous, sizeBytes });
  options.report(damage);
}

/** Leaves the file of a segment in a state that reads cleanly; returns its size. */
async function settleEnd(
  options: ReplayOptions,
  header: SegmentHeader,
  bytes: Buffer,
  end: SegmentEnd,
  following: SegmentHeader | undefined,
): Promise<number> {
  const { files, directory } = options;
  const file = segmentFile(directory, header.number);
  if (end.kind === 'Clean') return end.offset;
  if (end.kind === 'Torn') {
    await cutBack(files, file, end.offset);
    return end.offset;
  }
  const damage = walCorruption(file, end.offset, end.state);
  if (options.onDamage === 'refuse') throw damage;
  await keepDamaged(files, file, bytes);
  await cutBack(files, file, end.offset);
  options.report(damage);
  if (following === undefined) return end.offset;
  const gap = { walId: header.walId, offset: end.offset, number: following.number, sequence: following.firstSequence };
  return await closeWithGap(files, file, gap);
}

/** Hands on the records of one segment's bytes; changes nothing on disk. */
export async function replaySegment(
  options: Pick<ReplayOptions, 'directory' | 'onRecord'>,
  header: SegmentHeader,
  bytes: Buffer,
  isLast: boolean,
): Promise<SegmentEnd> {
  const file = segmentFile(options.directory, header.number);
  const { walId } = header;
  const seed = frameSeed(walId);
  let sequence = header.firstSequence;
  let offset = SEGMENT_HEADER_BYTES;
  while (offset < bytes.length) {
    const next = { number: header.number + 1, sequence };
    const record = readRecord(file, bytes, offset, seed);
    if (record.kind === 'Bad') {
      const isTorn = isLast && record.mayBeTorn && !isDurableAt(bytes, offset, seed);
      return { kind: isTorn ? 'Torn' : 'Damaged', offset, next, state: record.state };
    }
    if (record.kind === 'Gap') return { kind: 'Clean', offset: record.end, next: record.next, state: '' };
    if (record.sequence !== sequence) {
      const state = `it is record ${record.sequence}, expected record ${sequence}`;
      return { kind: 'Damaged', offset, next, state };
    }
    await options.onRecord({ walId, sequence, tenant: record.tenant, batch: record.batch });
    sequence += 1;
    offset = record.end;
  }
  return { kind: 'Clean', offset, next: { number: header.number + 1, sequence }, state: '' };
}

type ReadRecord =
  | { kind: 'Bad'; state: string; mayBeTorn: boolean }
  | { kind: 'Gap'; next: Position; end: number }
  | { kind: 'Entries'; sequence: number; tenant: string; batch: EntryBatch; end: number };

function readRecord(file: string, bytes: Buffer, offset: number, seed: number): ReadRecord {
  const frame = parseFrame(bytes, offset, seed);
  if (frame === null || frame.payloadBytes > PAYLOAD_BYTES_MAX) {
    return { kind: 'Bad', state: 'there is no valid record header', mayBeTorn: true };
  }
  const start = offset + FRAME_BYTES;
  const end = start + frame.payloadBytes;
  if (end > bytes.length) {
    const state = `the file ends ${end - bytes.length} bytes before the record`;
    return { kind: 'Bad', state, mayBeTorn: true };
  }
  // A copy: it is aligned for typed arrays, and lets go of the segment's bytes.
  const payload = new Uint8Array(frame.payloadBytes);
  payload.set(bytes.subarray(start, end));
  const checksum = checksumOf(payload);
  if (checksum !== frame.payloadChecksum) {
    const state = `checksum of the payload is ${hex(checksum)}, expected ${hex(frame.payloadChecksum)}`;
    return { kind: 'Bad', state, mayBeTorn: true };
  }
  if (frame.type === RECORD_GAP) {
    const number = Number(new DataView(payload.buffer).getBigUint64(0, true));
    return { kind: 'Gap', next: { number, sequence: frame.sequence }, end };
  }
  if (frame.type !== RECORD_ENTRIES) {
    const where = `segment "${file}" at offset ${offset}`;
    throw new SkaldError(
      'unsupported_version',
      `Cannot replay WAL ${where}: records of type ${frame.type} were written by a newer skald`,
    );
  }
  const decoded = decodeEntries(payload);
  if (typeof decoded === 'string') return { kind: 'Bad', state: decoded, mayBeTorn: false };
  return { kind: 'Entries', sequence: frame.sequence, end, ...decoded };
}
