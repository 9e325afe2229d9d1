import type { Clock, Timers } from '../../common/runtime.ts';
import { TailChunk, type DroppedEntry, type EncodedEntry, type TailEncoder, type TailSocket } from './tail-entry.ts';

/** What is kept for a client that does not read fast enough; newer entries are dropped and reported. */
export const BUFFER_ENTRIES_MAX = 50_000;
const BUFFER_BYTES_MAX = 16 * 2 ** 20;
/** Frames are handed to the socket while less than this waits in it. */
const SOCKET_BYTES_MAX = 2 ** 20;
/** Dropped entries that are reported one by one. */
const DROPPED_MAX = 1000;
const PING_MS = 1000;
/** A client that answered no ping for this long is gone. */
const SILENCE_MS = 60_000;
const RELEASE_MS = 100;
/** A close frame holds this many bytes of text. */
const REASON_BYTES_MAX = 123;

export interface TailOptions {
  readonly socket: TailSocket;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly encoder: TailEncoder;
  readonly encodingFlags: readonly string[];
  readonly delayNs: bigint;
  readonly maxDurationMs: number;
  /** Called once, when the connection is over for whatever reason. */
  readonly onEnd: () => void;
  readonly onDropped: (count: number) => void;
}

/** One client: history first, then live entries in order of time within its delay, in frames; bounded buffers. */
export class Tail {
  readonly #options: TailOptions;
  readonly #stops: (() => void)[];
  /** Sent up to `#next`. */
  #queue: TailChunk[] = [];
  #next = 0;
  #queuedEntries = 0;
  #queuedBytes = 0;
  /** Live entries whose delay is not over. */
  #held: HeldEntry[] = [];
  #dropped: DroppedEntry[] = [];
  #hasHistory = false;
  #isClosed = false;
  #lastHeardMs: number;

  constructor(options: TailOptions) {
    this.#options = options;
    const { timers, clock, maxDurationMs } = options;
    this.#lastHeardMs = clock.monotonicMs();
    this.#stops = [timers.every(PING_MS, () => this.#ping())];
    if (maxDurationMs > 0) {
      this.#stops.push(timers.after(maxDurationMs, () => this.close(1011, 'reached tail max duration limit')));
    }
    if (options.delayNs > 0n) this.#stops.push(timers.every(RELEASE_MS, () => this.#release()));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Sends history; live entries follow. Called once. */
  start(history: readonly TailChunk[]): void {
    const live = this.#queue;
    this.#queue = [];
    this.#queuedEntries = 0;
    this.#queuedBytes = 0;
    for (const chunk of history) this.#enqueue(chunk);
    for (const chunk of live) this.#enqueue(chunk);
    this.#hasHistory = true;
    this.#pump();
  }

  /** Takes live entries. */
  accept(chunks: readonly TailChunk[]): void {
    if (this.#isClosed) return;
    const isDelayed = this.#options.delayNs > 0n;
    for (const chunk of chunks) {
      if (isDelayed && this.#held.length < BUFFER_ENTRIES_MAX) this.#hold(chunk);
      else this.#enqueue(chunk);
    }
    this.#pump();
  }

  /** Notes entries that will not be sent; `listed` are the first of them. */
  drop(listed: readonly DroppedEntry[], count: number): void {
    this.#options.onDropped(count);
    for (const entry of listed) if (this.#dropped.length < DROPPED_MAX) this.#dropped.push(entry);
    this.#pump();
  }

  /** The client said something: it is alive. */
  heard(): void {
    this.#lastHeardMs = this.#options.clock.monotonicMs();
  }

  /** Ends the connection; the reason is cut to what a close frame holds. */
  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#options.socket.close(code, shortened(reason));
    this.end();
  }

  /** The connection is over. */
  end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
    this.#queue = [];
    this.#held = [];
    this.#options.onEnd();
  }

  #enqueue(chunk: TailChunk): void {
    const { length } = chunk.entries;
    if (this.#queuedEntries + length > BUFFER_ENTRIES_MAX || this.#queuedBytes >= BUFFER_BYTES_MAX) {
      this.#options.onDropped(length);
      for (const entry of chunk.entries) if (this.#dropped.length < DROPPED_MAX) this.#dropped.push(entry);
      return;
    }
    this.#queue.push(chunk);
    this.#queuedEntries += length;
    this.#queuedBytes += chunk.sizeBytes;
  }

  #hold({ entries, arrivedNs }: TailChunk): void {
    for (const entry of entries) this.#held.push({ entry, arrivedNs });
  }

  /** Entries are due when their delay is over; those that are due go out in order of time. */
  #release(): void {
    if (this.#held.length === 0) return;
    const { clock, delayNs } = this.#options;
    const nowNs = clock.nowNs();
    const due: EncodedEntry[] = [];
    const rest: HeldEntry[] = [];
    for (const held of this.#held) {
      if (isDue(held, nowNs - delayNs)) due.push(held.entry);
      else rest.push(held);
    }
    this.#held = rest;
    due.sort((a, b) => (a.timestampNs < b.timestampNs ? -1 : a.timestampNs > b.timestampNs ? 1 : 0));
    for (const chunk of TailChunk.split(due, nowNs)) this.#enqueue(chunk);
    this.#pump();
  }

  #pump(): void {
    const { socket } = this.#options;
    while (this.#hasHistory && !this.#isClosed && socket.bufferedAmount < SOCKET_BYTES_MAX) {
      const frame = this.#takeFrame();
      if (frame === null) return;
      socket.send(frame, () => this.#pump());
    }
  }

  /** The next frame, or null when there is nothing to say. */
  #takeFrame(): Buffer | null {
    const { encoder, encodingFlags } = this.#options;
    const chunk = this.#queue[this.#next];
    const dropped = this.#dropped;
    this.#dropped = [];
    if (chunk === undefined)
      return dropped.length === 0 ? null : Buffer.from(encoder.frame([], dropped, encodingFlags));
    this.#next += 1;
    this.#queuedEntries -= chunk.entries.length;
    this.#queuedBytes -= chunk.sizeBytes;
    if (this.#next * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#next);
      this.#next = 0;
    }
    if (dropped.length === 0) return chunk.frame(encoder, encodingFlags);
    return Buffer.from(encoder.frame(chunk.entries, dropped, encodingFlags));
  }

  #ping(): void {
    const { socket, clock } = this.#options;
    if (clock.monotonicMs() - this.#lastHeardMs > SILENCE_MS) this.close(1011, 'the client does not answer pings');
    else socket.ping();
  }
}

interface HeldEntry {
  readonly entry: EncodedEntry;
  readonly arrivedNs: bigint;
}

/** A timestamp in the future counts as the moment of arrival. */
function isDue({ entry: { timestampNs }, arrivedNs }: HeldEntry, limitNs: bigint): boolean {
  return (timestampNs < arrivedNs ? timestampNs : arrivedNs) <= limitNs;
}

function shortened(text: string): string {
  let end = Math.min(text.length, REASON_BYTES_MAX);
  while (Buffer.byteLength(text.slice(0, end)) > REASON_BYTES_MAX) end -= 1;
  return text.slice(0, end).toWellFormed();
}
