import type { Clock, Timers } from '../../common/runtime.ts';
import type { LogExpr } from '../../../grammar/ast.ts';
import type { PublishedRows } from '../ingester/published-rows.ts';
import { appendRows, LiveSelection, type LiveAnswer } from './live-rows.ts';
import type { Tail } from './tail.ts';
import { TailChunk, type DroppedEntry, type EncodedEntry, type TailEncoder } from './tail-entry.ts';
import type { LogResult, LogRow } from '../../../exec/result/query-result.ts';

/** Line bytes of rows that wait to be looked at; when this is full, new rows are dropped and reported. */
const PENDING_BYTES_MAX = 64 * 2 ** 20;
/** Dropped rows that are reported one by one. */
const LISTED_MAX = 1000;
/** Rows that arrive within this time are looked at together. */
const GATHER_MS = 10;
/** Time from the begin of one run to the begin of the next: bounds the work for tails under load. */
const PERIOD_MS = 100;

export interface LiveQueryOptions {
  readonly tenant: string;
  readonly expr: LogExpr;
  readonly categorize: boolean;
  readonly encoder: TailEncoder;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Runs the expression over exactly these rows; all that pass, oldest first. */
  readonly run: (answer: LiveAnswer, signal: AbortSignal) => Promise<LogResult>;
}

interface Pending {
  /** Who had joined when the first of the rows arrived. */
  readonly audience: ReadonlySet<Tail>;
  readonly parts: PublishedRows[];
  readonly arrivedNs: bigint;
}

/** One query of one tenant over what arrives, for all tails that ask the same: it runs and is encoded once. */
export class LiveQuery {
  readonly #options: LiveQueryOptions;
  readonly #selection: LiveSelection;
  readonly #abort = new AbortController();
  /** Replaced, never changed: pending rows keep the set that they were meant for. */
  #tails: ReadonlySet<Tail> = new Set();
  #pending: Pending[] = [];
  #pendingBytes = 0;
  #isRunning = false;

  constructor(options: LiveQueryOptions) {
    this.#options = options;
    this.#selection = new LiveSelection(options.expr.selector.matchers);
  }

  get tailCount(): number {
    return this.#tails.size;
  }

  /** From the next published rows on. */
  join(tail: Tail): void {
    this.#tails = new Set([...this.#tails, tail]);
  }

  leave(tail: Tail): void {
    this.#tails = new Set([...this.#tails].filter((other) => other !== tail));
    if (this.#tails.size === 0) this.#abort.abort();
  }

  /** Takes newly visible rows, in the turn in which they became visible. */
  publish(rows: readonly PublishedRows[]): void {
    if (this.#pendingBytes >= PENDING_BYTES_MAX) {
      this.#drop(rows);
      return;
    }
    let last = this.#pending.at(-1);
    if (last?.audience !== this.#tails) {
      last = { audience: this.#tails, parts: [], arrivedNs: this.#options.clock.nowNs() };
      this.#pending.push(last);
    }
    appendRows(last.parts, rows);
    for (const { lineBytes } of rows) this.#pendingBytes += lineBytes;
    if (!this.#isRunning) void this.#runAll();
  }

  async #runAll(): Promise<void> {
    const { timers, clock } = this.#options;
    this.#isRunning = true;
    try {
      let waitMs = GATHER_MS;
      while (this.#pending.length > 0) {
        await timers.sleep(waitMs, this.#abort.signal);
        const startMs = clock.monotonicMs();
        const pending = this.#pending;
        this.#pending = [];
        this.#pendingBytes = 0;
        for (const batch of pending) await this.#run(batch);
        waitMs = Math.max(GATHER_MS, PERIOD_MS - (clock.monotonicMs() - startMs));
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      for (const tail of this.#tails) tail.close(1011, reason);
    } finally {
      this.#isRunning = false;
    }
  }

  async #run({ audience, parts, arrivedNs }: Pending): Promise<void> {
    const answer = this.#selection.answer(parts);
    if (answer === null) return;
    const { rows } = await this.#options.run(answer, this.#abort.signal);
    if (rows.length === 0) return;
    const entries = rows.map((row) => this.#entry(row));
    const chunks = TailChunk.split(entries, arrivedNs);
    for (const tail of audience) tail.accept(chunks);
  }

  /**
   * Without stages and without `categorize-labels`, Loki's live entries have the labels of the stream only, unlike the
   * history before them.
   */
  #entry(row: LogRow): EncodedEntry {
    const { expr, categorize, encoder } = this.#options;
    return encoder.entry(expr.stages.length === 0 && !categorize ? { ...row, metadata: [] } : row, categorize);
  }

  /** Which of these rows the stages would have kept is not known: all of selected streams count. */
  #drop(parts: readonly PublishedRows[]): void {
    const listed: DroppedEntry[] = [];
    let count = 0;
    for (const part of parts) {
      for (let row = part.firstRow; row < part.firstRow + part.rowCount; row++) {
        if (!this.#selection.selects(part, row)) continue;
        count += 1;
        if (listed.length >= LISTED_MAX) continue;
        listed.push({ timestampNs: part.block.timestamp[row], labels: part.streams[part.block.stream[row]] });
      }
    }
    if (count > 0) for (const tail of this.#tails) tail.drop(listed, count);
  }
}
