import { expect, test } from 'vitest';
import { nodeRuntime } from '../../common/node-runtime.ts';
import { tailEncoder } from '../../api/encode/tail-frame.ts';
import type { LogRow } from '../../../exec/result/query-result.ts';
import { BUFFER_ENTRIES_MAX, Tail, type TailOptions } from './tail.ts';
import { TailChunk, type TailSocket } from './tail-entry.ts';

interface Frame {
  readonly streams: { readonly values: [string, string][] }[];
  readonly dropped_entries?: { readonly timestamp: string; readonly labels: Record<string, string> }[];
}

/** A socket whose client reads only when `read` is called. */
class SlowSocket implements TailSocket {
  readonly frames: Frame[] = [];
  closed: [number, string] | null = null;
  bufferedAmount = 0;
  #waiting: (() => void)[] = [];

  send(text: Buffer, done: () => void): void {
    this.frames.push(JSON.parse(text.toString()) as Frame);
    this.bufferedAmount += text.length;
    this.#waiting.push(done);
  }

  ping(): void {}

  close(code: number, reason: string): void {
    this.closed = [code, reason];
  }

  read(): void {
    this.bufferedAmount = 0;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done();
  }

  get lines(): string[] {
    return this.frames.flatMap(({ streams }) => streams.flatMap(({ values }) => values.map(([, line]) => line)));
  }
}

function entriesFrom(start: number, count: number): TailChunk[] {
  const entries = Array.from({ length: count }, (_, i) => {
    const row: LogRow = {
      timestampNs: BigInt(start + i),
      line: `line ${start + i}`,
      stream: [['app', 'a']],
      metadata: [],
      parsed: [],
    };
    return tailEncoder.entry(row, false);
  });
  return TailChunk.split(entries, 0n);
}

function openTail(changes: Partial<TailOptions> = {}) {
  const socket = new SlowSocket();
  let dropped = 0;
  let ends = 0;
  const tail = new Tail({
    socket,
    clock: nodeRuntime.clock,
    timers: nodeRuntime.timers,
    encoder: tailEncoder,
    encodingFlags: [],
    delayNs: 0n,
    maxDurationMs: 0,
    onEnd: () => (ends += 1),
    onDropped: (count) => (dropped += count),
    ...changes,
  });
  return { tail, socket, counts: () => ({ dropped, ends }) };
}

test('live entries that come before the history wait for it', () => {
  const { tail, socket } = openTail();
  tail.accept(entriesFrom(2, 2));
  expect(socket.frames).toEqual([]);
  tail.start(entriesFrom(0, 2));
  expect(socket.lines).toEqual(['line 0', 'line 1', 'line 2', 'line 3']);
  tail.end();
});

test('a slow client gets everything up to the buffer, in order; the rest is reported', () => {
  const { tail, socket, counts } = openTail();
  tail.start([]);
  const offered = BUFFER_ENTRIES_MAX * 2;
  for (let i = 0; i < offered; i += 500) tail.accept(entriesFrom(i, 500));
  const { dropped } = counts();
  expect(dropped).toBeGreaterThan(0);
  for (let sent = -1; sent !== socket.frames.length;) {
    sent = socket.frames.length;
    socket.read();
  }
  expect(socket.lines).toEqual(Array.from({ length: offered - dropped }, (_, i) => `line ${i}`));
  expect(offered - dropped).toBeGreaterThanOrEqual(BUFFER_ENTRIES_MAX);
  const reported = socket.frames.flatMap((frame) => frame.dropped_entries ?? []);
  expect(reported).toHaveLength(1000);
  expect(reported[0]).toEqual({ timestamp: String(offered - dropped), labels: { app: 'a' } });
  tail.accept(entriesFrom(offered, 1));
  expect(socket.lines.at(-1)).toBe(`line ${offered}`);
  tail.end();
});

test('ends once, for whatever reason; the reason fits a close frame', () => {
  const { tail, socket, counts } = openTail();
  tail.close(1011, 'é'.repeat(200));
  tail.end();
  tail.accept(entriesFrom(0, 1));
  expect(counts().ends).toBe(1);
  expect(socket.closed).toEqual([1011, 'é'.repeat(61)]);
  expect(socket.frames).toEqual([]);
});

test('the longest time that a tail may take', async () => {
  const { socket, counts } = openTail({ maxDurationMs: 20 });
  await expect.poll(() => socket.closed).toEqual([1011, 'reached tail max duration limit']);
  expect(counts().ends).toBe(1);
});
