import type { LogRow } from '../../../exec/result/query-result.ts';

/** One entry on its way to clients, encoded once for all of them. */
export interface TailEntry {
  readonly timestampNs: bigint;
  /** When it became visible: its delay counts from here when its timestamp is later. */
  readonly arrivedNs: bigint;
  /** An element of a frame's `streams`. */
  readonly json: string;
  readonly row: LogRow;
}

/** An entry that a client did not get. */
export interface DroppedEntry {
  readonly timestampNs: bigint;
  readonly labels: Readonly<Record<string, string>>;
}

/** How entries and frames look on the wire. */
export interface TailEncoder {
  readonly entry: (row: LogRow, categorize: boolean) => string;
  readonly frame: (
    entries: readonly TailEntry[],
    dropped: readonly DroppedEntry[],
    encodingFlags: readonly string[],
  ) => string;
}

/** The client's side of a connection. */
export interface TailSocket {
  /** `done` is called when the frame has left the process's buffers, or failed to. */
  send(text: string, done: () => void): void;
  /** Bytes that wait for the client to read. */
  readonly bufferedAmount: number;
  ping(): void;
  close(code: number, reason: string): void;
}
