import type { Labels } from '../../common/labels.ts';
import type { LogRow } from '../../../exec/result/query-result.ts';

/** Entries of one frame. */
const FRAME_ENTRIES_MAX = 100;

/** An entry as it looks on the wire. */
export interface EncodedEntry {
  readonly timestampNs: bigint;
  /** Of the stream that it is sent in. */
  readonly labels: Labels;
  /** An element of a frame's `streams`. */
  readonly json: string;
}

/** An entry that a client did not get. */
export interface DroppedEntry {
  readonly timestampNs: bigint;
  readonly labels: Labels;
}

/** How entries and frames are written. */
export interface TailEncoder {
  readonly entry: (row: LogRow, categorize: boolean) => EncodedEntry;
  readonly frame: (
    entries: readonly EncodedEntry[],
    dropped: readonly DroppedEntry[],
    encodingFlags: readonly string[],
  ) => string;
}

/** Entries of one frame, oldest first, encoded once for all clients that get them. */
export class TailChunk {
  readonly entries: readonly EncodedEntry[];
  /** When they became visible: their delay counts from here when their timestamps are later. */
  readonly arrivedNs: bigint;
  readonly sizeBytes: number;
  #frame: Buffer | null = null;

  private constructor(entries: readonly EncodedEntry[], arrivedNs: bigint) {
    this.entries = entries;
    this.arrivedNs = arrivedNs;
    this.sizeBytes = entries.reduce((sum, { json }) => sum + json.length, 0);
  }

  /** As few chunks as there must be. */
  static split(entries: readonly EncodedEntry[], arrivedNs: bigint): TailChunk[] {
    const chunks: TailChunk[] = [];
    for (let start = 0; start < entries.length; start += FRAME_ENTRIES_MAX) {
      chunks.push(new TailChunk(entries.slice(start, start + FRAME_ENTRIES_MAX), arrivedNs));
    }
    return chunks;
  }

  /** The frame for clients that lack nothing. All who ask have the same encoder and flags. */
  frame(encoder: TailEncoder, encodingFlags: readonly string[]): Buffer {
    this.#frame ??= Buffer.from(encoder.frame(this.entries, [], encodingFlags));
    return this.#frame;
  }
}

/** The client's side of a connection. */
export interface TailSocket {
  /** Sends UTF-8 text. `done` is called when the frame has left the process's buffers, or failed to. */
  send(text: Buffer, done: () => void): void;
  /** Bytes that wait for the client to read. */
  readonly bufferedAmount: number;
  ping(): void;
  close(code: number, reason: string): void;
}
