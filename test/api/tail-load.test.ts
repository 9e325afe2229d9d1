import { expect, test } from 'vitest';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { push } from '../support/loki-client.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

const TAILS = 20;
const LINES_PER_SECOND = 10_000;
const PUSHES_PER_SECOND = 20;
/** `TAIL_SECONDS=60 vitest run test/api/tail-load` is the long run. */
const SECONDS = Number(process.env['TAIL_SECONDS'] ?? '3');

/** Stands before the number in a line, and nowhere else. */
const MARK = ' serial=';

/** Counts what a client of its own connection gets; a line is its number. */
class Counter {
  readonly socket: WebSocket;
  readonly seen: Uint8Array;
  count = 0;
  repeated = 0;
  dropped = 0;

  constructor(url: string, query: string, total: number) {
    this.seen = new Uint8Array(total);
    const address = `${url.replace('http', 'ws')}/loki/api/v1/tail?${new URLSearchParams({ query }).toString()}`;
    this.socket = new WebSocket(address);
    this.socket.addEventListener('message', ({ data }) => this.#take(String(data)));
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.addEventListener('open', () => resolve()));
  }

  /** Reads numbers out of the text: parsing JSON for twenty clients would measure this process. */
  #take(frame: string): void {
    if (frame.includes('"dropped_entries"')) this.dropped += 1;
    for (let at = frame.indexOf(MARK); at >= 0; at = frame.indexOf(MARK, at)) {
      at += MARK.length;
      const number = Number.parseInt(frame.slice(at, at + 8), 10);
      this.repeated += this.seen[number] ?? 0;
      this.seen[number] = 1;
      this.count += 1;
    }
  }
}

test(
  `${LINES_PER_SECOND} lines/s to ${TAILS} tails: each gets each line once`,
  async () => {
    const temporary = await temporaryDirectory();
    const config = path.join(temporary.directory, 'skald.yaml');
    await writeFile(config, 'limits_config: {max_concurrent_tail_requests: 20}\n');
    const server = await ServerProcess.start(temporary.directory, [`-config.file=${config}`]);
    const total = LINES_PER_SECOND * SECONDS;
    const queries = ['{app="load"}', '{app="load"} |= "items"', '{app="load"} | logfmt | level="info"', '{app=~"l.*"}'];
    const tails = Array.from(
      { length: TAILS },
      (_, i) => new Counter(server.url, queries[i % queries.length] ?? '', total),
    );
    await Promise.all(tails.map((tail) => tail.open()));
    const startMs = Date.now();
    const perPush = LINES_PER_SECOND / PUSHES_PER_SECOND;
    const pushes: Promise<Response>[] = [];
    for (let i = 0; i < SECONDS * PUSHES_PER_SECOND; i++) {
      const waitMs = startMs + (i * 1000) / PUSHES_PER_SECOND - Date.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      const nowNs = BigInt(Date.now()) * 1_000_000n;
      const values = Array.from({ length: perPush }, (_, j): [string, string] => [
        String(nowNs + BigInt(j)),
        `level=info msg="GET /api/items" status=200 duration=12ms serial=${i * perPush + j}`,
      ]);
      pushes.push(push(server.url, { app: 'load' }, values));
    }
    for (const pushed of pushes) expect((await pushed).status).toBe(204);
    const pushedMs = Date.now();
    await expect
      .poll(() => Math.min(...tails.map(({ count }) => count)), { timeout: (SECONDS + 30) * 1000 })
      .toBe(total);
    if (process.env['TAIL_SECONDS'] !== undefined) {
      const used = await (await fetch(`${server.url}/metrics`)).text();
      const find = (name: string) => new RegExp(`^${name} (\\S+)`, 'm').exec(used)?.[1];
      console.log(
        `${pushedMs - startMs} ms of pushes, complete ${Date.now() - pushedMs} ms later; ` +
          `server CPU ${find('process_cpu_seconds_total')} s, memory ${find('process_resident_memory_bytes')} bytes`,
      );
    }
    for (const { count, repeated, dropped } of tails) expect([count, repeated, dropped]).toEqual([total, 0, 0]);
    for (const { socket } of tails) socket.close();
    await server.stop();
    await temporary.remove();
  },
  (3 * SECONDS + 60) * 1000,
);
