import { crc32c } from '@node-rs/crc32';
import path from 'node:path';
import { messageOf, SkaldError } from '../../../common/errors.ts';
import type { File, FileSystem } from '../../../common/runtime.ts';
import { decodeUtf8, encodeUtf8 } from '../../../common/utf8.ts';

/** docs/format/remote-write-queue.md */
const MAGIC = Buffer.from('SKRW', 'latin1');
const VERSION = 1;
const HEADER_BYTES = 8;
const RECORD_HEADER_BYTES = 20;
/** A segment is ended when it is larger. */
const SEGMENT_BYTES = 4 * 2 ** 20;
/** Larger records are not written; a larger length is damage. */
const PAYLOAD_BYTES_MAX = 64 * 2 ** 20;
const POSITION_FILE = 'sent';

export interface QueueRecord {
  readonly payload: Uint8Array;
  readonly sampleCount: number;
  readonly writtenAtMs: number;
}

/** Where a record begins. */
interface Position {
  readonly segment: number;
  readonly offset: number;
}

/** Records that were read, and where the next one begins. */
export interface ReadRecords {
  readonly records: readonly QueueRecord[];
  readonly next: Position;
}

export interface SampleQueueOptions {
  readonly directory: string;
  readonly files: FileSystem;
  /** All segments together; above it the oldest is dropped. */
  readonly maxBytes: number;
  /** Of a damaged or dropped segment. */
  readonly report: (problem: string) => void;
}

/** What waits on disk for one receiver, of one tenant, in order. One writer and one reader, in one process. */
export class SampleQueue {
  readonly #options: SampleQueueOptions;
  /** Sizes by number, in order; the last one is being written. */
  readonly #segments: Map<number, number>;
  #position: Position;
  #file: File | null = null;
  #writing: Promise<void> = Promise.resolve();

  private constructor(options: SampleQueueOptions, segments: Map<number, number>, position: Position) {
    this.#options = options;
    this.#segments = segments;
    this.#position = position;
  }

  /** Errors are Node's. */
  static async open(options: SampleQueueOptions): Promise<SampleQueue> {
    const { directory, files } = options;
    await files.makeDirectory(directory);
    const segments = new Map<number, number>();
    for (const { name } of await files.list(directory)) {
      const match = /^(\d{10})\.samples$/.exec(name);
      if (match !== null) segments.set(Number(match[1]), (await files.sizeOf(path.join(directory, name))) ?? 0);
    }
    const first = Math.min(...segments.keys(), Infinity);
    const saved = await readPosition(options);
    const begin = { segment: Number.isFinite(first) ? first : 1, offset: HEADER_BYTES };
    const position = saved !== null && saved.segment >= begin.segment ? saved : begin;
    return new SampleQueue(options, segments, position);
  }

  /** On disk when it resolves. Throws SkaldError `unavailable` when the disk does not take it. */
  async append(records: readonly QueueRecord[]): Promise<void> {
    const write = this.#writing.then(async () => await this.#append(records));
    this.#writing = write.catch(() => undefined);
    await write;
  }

  /** Records from `from` on (from where the last commit was, without it), until they have `maxSamples` samples or more. */
  async read(maxSamples: number, from: Position = this.#position): Promise<ReadRecords> {
    const records: QueueRecord[] = [];
    let sampleCount = 0;
    let at = from;
    while (sampleCount < maxSamples) {
      const found = await this.#readAt(at);
      if (found !== null) {
        records.push(found);
        sampleCount += found.sampleCount;
        at = { segment: at.segment, offset: at.offset + RECORD_HEADER_BYTES + found.payload.length };
        continue;
      }
      const following = [...this.#segments.keys()].find((segment) => segment > at.segment);
      if (following === undefined) break;
      this.#checkEnd(at);
      at = { segment: following, offset: HEADER_BYTES };
    }
    return { records, next: at };
  }

  /** Everything before `next` is done with. */
  async commit({ next }: ReadRecords): Promise<void> {
    const { directory, files } = this.#options;
    const { segment: known, offset } = this.#position;
    if (next.segment === known && next.offset === offset) return;
    this.#position = next;
    const text = encodeUtf8(JSON.stringify(next));
    await files.writeFileDurable(path.join(directory, POSITION_FILE), [text], { replace: true });
    for (const segment of this.#segments.keys()) if (segment < next.segment) await this.#drop(segment);
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.close();
    this.#file = null;
  }

  async #append(records: readonly QueueRecord[]): Promise<void> {
    const { directory } = this.#options;
    try {
      const { file, segment } = await this.#writable();
      const size = this.#segments.get(segment) ?? HEADER_BYTES;
      const parts = records.flatMap(encodeRecord);
      await file.write(parts, size);
      await file.datasync();
      // Only now may the reader see it.
      this.#segments.set(segment, size + parts.reduce((sum, part) => sum + part.length, 0));
    } catch (error) {
      throw new SkaldError('unavailable', `Cannot write samples to ${directory}: ${messageOf(error)}`, {
        cause: error,
      });
    }
    await this.#dropAbove(this.#options.maxBytes);
  }

  /** The segment that is written, a new one when the last is full or of another process. */
  async #writable(): Promise<{ file: File; segment: number }> {
    const last = Math.max(0, ...this.#segments.keys());
    if (this.#file !== null && (this.#segments.get(last) ?? 0) < SEGMENT_BYTES)
      return { file: this.#file, segment: last };
    const segment = Math.max(last, this.#position.segment - 1) + 1;
    const { directory, files } = this.#options;
    const file = await files.open(this.#pathOf(segment), 'w+');
    const header = Buffer.alloc(HEADER_BYTES);
    MAGIC.copy(header);
    header.writeUInt32LE(VERSION, 4);
    await file.write([header], 0);
    await files.syncDirectory(directory);
    await this.#file?.close();
    this.#file = file;
    this.#segments.set(segment, HEADER_BYTES);
    return { file, segment };
  }

  async #dropAbove(maxBytes: number): Promise<void> {
    const sizes = [...this.#segments];
    let total = sizes.reduce((sum, [, size]) => sum + size, 0);
    for (const [segment, size] of sizes.slice(0, -1)) {
      if (total <= maxBytes) return;
      total -= size;
      await this.#drop(segment);
      this.#options.report(`${this.#pathOf(segment)}: dropped, more than ${maxBytes} bytes wait to be sent`);
    }
  }

  async #drop(segment: number): Promise<void> {
    this.#segments.delete(segment);
    await this.#options.files.remove(this.#pathOf(segment));
  }

  /** Null at the end of the segment, or at what is no record. */
  async #readAt({ segment, offset }: Position): Promise<QueueRecord | null> {
    const end = this.#segments.get(segment);
    if (end === undefined || offset + RECORD_HEADER_BYTES > end) return null;
    const file = await this.#options.files.open(this.#pathOf(segment), 'r');
    try {
      await this.#checkVersion(file, segment);
      const header = Buffer.alloc(RECORD_HEADER_BYTES);
      await file.read(header, offset);
      const length = header.readUInt32LE(0);
      if (length > PAYLOAD_BYTES_MAX || offset + RECORD_HEADER_BYTES + length > end) return null;
      const payload = Buffer.alloc(length);
      await file.read(payload, offset + RECORD_HEADER_BYTES);
      if (crc32c(payload, crc32c(header.subarray(8))) !== header.readUInt32LE(4)) return null;
      return { payload, sampleCount: header.readUInt32LE(8), writtenAtMs: header.readDoubleLE(12) };
    } finally {
      await file.close();
    }
  }

  async #checkVersion(file: File, segment: number): Promise<void> {
    const header = Buffer.alloc(HEADER_BYTES);
    await file.read(header, 0);
    const version = header.readUInt32LE(4);
    if (header.compare(MAGIC, 0, 4, 0, 4) === 0 && version === VERSION) return;
    throw new SkaldError(
      'unsupported_version',
      `Cannot read ${this.#pathOf(segment)}: its header is ${header.toString('hex')}, expected version ${VERSION}`,
    );
  }

  /** Bytes behind the last record of a segment that is not the last one: of a process that was killed, or damage. */
  #checkEnd({ segment, offset }: Position): void {
    const size = this.#segments.get(segment);
    if (size === undefined || offset >= size) return;
    this.#options.report(`${this.#pathOf(segment)}: no record at ${offset}, ${size - offset} bytes are skipped`);
  }

  #pathOf(segment: number): string {
    return path.join(this.#options.directory, `${String(segment).padStart(10, '0')}.samples`);
  }
}

function encodeRecord({ payload, sampleCount, writtenAtMs }: QueueRecord): Uint8Array[] {
  const header = Buffer.alloc(RECORD_HEADER_BYTES);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt32LE(sampleCount, 8);
  header.writeDoubleLE(writtenAtMs, 12);
  header.writeUInt32LE(crc32c(payload, crc32c(header.subarray(8))), 4);
  return [header, payload];
}

async function readPosition({ directory, files, report }: SampleQueueOptions): Promise<Position | null> {
  const file = path.join(directory, POSITION_FILE);
  try {
    if ((await files.sizeOf(file)) === null) return null;
    const { segment, offset } = JSON.parse(decodeUtf8(await files.readFile(file))) as Partial<Position>;
    if (Number.isSafeInteger(segment) && Number.isSafeInteger(offset)) return { segment, offset } as Position;
    report(`${file}: cannot be read, everything that waits is sent again`);
  } catch (error) {
    report(`${file}: ${messageOf(error)}; everything that waits is sent again`);
  }
  return null;
}
