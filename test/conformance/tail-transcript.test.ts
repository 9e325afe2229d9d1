import { beforeAll, describe, expect, test } from 'vitest';
import { push } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';
import { hasShared } from '../support/shared-material.ts';
import { TailClient, type TailFrame } from '../support/tail-client.ts';
import { replay } from './transcripts/replay.ts';
import { Transcript, type Exchange } from './transcripts/transcript.ts';

/** Tails that were recorded from Loki: what came, with which labels and in which order, and how each ended. */

interface RecordedTail {
  readonly name: string;
  readonly request: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly frames: readonly TailFrame[];
  readonly end: { readonly code?: number; readonly reason?: string };
}

const transcript = new Transcript<RecordedTail | Exchange>('tail');
const isTail = (item: RecordedTail | Exchange): item is RecordedTail => 'frames' in item;
const tails = transcript.items.filter(isTail);
const exchanges = transcript.items.filter((item): item is Exchange => !isTail(item));

describe.skipIf(!hasShared('conformance/transcripts/tail.json'))('tails recorded from Loki', () => {
  const server = new ServerForTests();
  /** Times of entries that were pushed, as recorded. */
  const pushed = new Set<string>();

  beforeAll(async () => {
    // What was there before the first tail: the older entries are not in its frames.
    for (let i = 0; i < 5; i++)
      await pushEntry(String(1_795_311_680_038_000_000n + BigInt(i) * 1_000_000_000n), `level=info old ${i}`);
  });

  /** `old 3` has the trace `t3`, `live 1` the trace `l1`. */
  async function pushEntry(recordedNs: string, line: string): Promise<void> {
    pushed.add(recordedNs);
    const [, kind = '', number = ''] = /(old|live) (\d)$/.exec(line) ?? [];
    const metadata = { trace: `${kind === 'old' ? 't' : 'l'}${number}` };
    const entry = [transcript.toNow(recordedNs), line, metadata] as const;
    expect((await push(server.url, { app: 't', env: 'x' }, [entry])).status).toBe(204);
  }

  const entriesOf = (frames: readonly TailFrame[]) =>
    frames.flatMap(({ streams }) =>
      streams.flatMap(({ stream, values }) => values.map((value) => ({ stream, value }))),
    );

  test.each(tails.map((tail) => [tail.name, tail] as const))('%s', { timeout: 30_000 }, async (_, tail) => {
    const params = Object.fromEntries(
      Object.entries(tail.request).map(([name, value]) => [name, transcript.toNow(value)]),
    );
    const client = await TailClient.open(server.url, params, tail.headers);
    const recorded = entriesOf(tail.frames);
    for (const [i, { value }] of recorded.entries()) {
      const [time, line] = value;
      if (!pushed.has(time)) await pushEntry(time, line);
      await client.until(i + 1);
    }
    if (tail.end.code === undefined) await client.close();
    else expect(await client.closed).toEqual(tail.end);
    const frames = JSON.parse(transcript.toRecording(JSON.stringify(client.frames))) as TailFrame[];
    expect(entriesOf(frames)).toEqual(recorded);
    const flags = (of: readonly TailFrame[]) => new Set(of.map(({ encodingFlags }) => encodingFlags?.join()));
    expect(flags(frames)).toEqual(flags(tail.frames));
  });

  test.each(exchanges.map((exchange) => [exchange.name, exchange] as const))('%s', async (_, exchange) => {
    const { status, headers, body } = await replay(server.url, exchange, transcript as unknown as Transcript);
    expect({ status, headers, body }).toEqual(exchange.response);
  });
});
