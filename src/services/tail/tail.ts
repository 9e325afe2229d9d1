import type { Clock, Timers } from '../../common/runtime.ts';
import { Labels } from '../../common/labels.ts';
import type { DroppedEntry, TailEncoder, TailEntry, TailSocket } from './tail-entry.ts';

/** Entries of one frame. */
const FRAME_ENTRIES_MAX = 100;
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
  #queue: TailEntry[] = [];
  #next = 0;
  #queuedBytes = 0;
  /** Live entries whose delay is not over. */
  #held: TailEntry[] = [];
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

  /** Sends history, oldest first; live entries follow. Called once. */
  start(history: readonly TailEntry[]): void {
    const live = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    for (const entry of history) this.#enqueue(entry);
    for (const entry of live) this.#enqueue(entry);
    this.#hasHistory = true;
    this.#pump();
  }

  /** Takes live entries, sorted by time. */
  accept(entries: readonly TailEntry[]): void {
    if (this.#isClosed) return;
    const isDelayed = this.#options.delayNs > 0n;
    for (const entry of entries) {
      if (isDelayed && this.#held.length < BUFFER_ENTRIES_MAX) this.#held.push(entry);
      else this.#enqueue(entry);
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

  #enqueue(entry: TailEntry): void {
    const isFull = this.#queue.length - this.#next >= BUFFER_ENTRIES_MAX || this.#queuedBytes >= BUFFER_BYTES_MAX;
    if (isFull) {
      this.#options.onDropped(1);
      if (this.#dropped.length < DROPPED_MAX) this.#dropped.push(droppedOf(entry));
      return;
    }
    this.#queue.push(entry);
    this.#queuedBytes += entry.json.length;
  }

  /** Entries are due when their delay is over; those that are due go out in order of time. */
  #release(): void {
    if (this.#held.length === 0) return;
    const { clock, delayNs } = this.#options;
    const limitNs = clock.nowNs() - delayNs;
    const due: TailEntry[] = [];
    const rest: TailEntry[] = [];
    for (const entry of this.#held) (isDue(entry, limitNs) ? due : rest).push(entry);
    this.#held = rest;
    due.sort((a, b) => (a.timestampNs < b.timestampNs ? -1 : a.timestampNs > b.timestampNs ? 1 : 0));
    for (const entry of due) this.#enqueue(entry);
    this.#pump();
  }

  #pump(): void {
    const { socket, encoder, encodingFlags } = this.#options;
    while (this.#hasHistory && !this.#isClosed && socket.bufferedAmount < SOCKET_BYTES_MAX) {
      const entries = this.#queue.slice(this.#next, this.#next + FRAME_ENTRIES_MAX);
      if (entries.length === 0 && this.#dropped.length === 0) return;
      this.#next += entries.length;
      for (const { json } of entries) this.#queuedBytes -= json.length;
      if (this.#next * 2 > this.#queue.length) {
        this.#queue = this.#queue.slice(this.#next);
        this.#next = 0;
      }
      const frame = encoder.frame(entries, this.#dropped, encodingFlags);
      this.#dropped = [];
      socket.send(frame, () => this.#pump());
    }
  }

  #ping(): void {
    const { socket, clock } = this.#options;
    if (clock.monotonicMs() - this.#lastHeardMs > SILENCE_MS) this.close(1011, 'the client does not answer pings');
    else socket.ping();
  }
}

/** A timestamp in the future counts as the moment of arrival. */
function isDue({ timestampNs, arrivedNs }: TailEntry, limitNs: bigint): boolean {
  return (timestampNs < arrivedNs ? timestampNs : arrivedNs) <= limitNs;
}

function droppedOf({ timestampNs, row }: TailEntry): DroppedEntry {
  return { timestampNs, labels: Labels.from([...row.stream, ...row.metadata, ...row.parsed]).toRecord() };
}

function shortened(text: string): string {
  let end = Math.min(text.length, REASON_BYTES_MAX);
  while (Buffer.byteLength(text.slice(0, end)) > REASON_BYTES_MAX) end -= 1;
  return text.slice(0, end).toWellFormed();
}
