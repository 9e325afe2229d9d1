import { expect, test } from 'vitest';
import { push, readAll, type PushValue } from '../support/loki-client.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** A short run by default; continuous integration asks for the long one. */
const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 12);
const SEED = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);
const PUSHERS = 3;
const ROUND_NS = 60_000_000_000n;
/** The cores are for what is pushed and killed: nobody waits for queries here. */
const NO_WARM_UP = ['-querier.warm-up-timeout=0'];

interface Round {
  readonly startNs: bigint;
  readonly acknowledged: Set<string>;
  readonly sent: Set<string>;
}

/** Pushes small bodies until the server is gone, noting what was sent and what was acknowledged. */
async function pushUntilKilled(url: string, round: Round, name: string, random: () => number): Promise<void> {
  for (let body = 0; ; body++) {
    const values: PushValue[] = [];
    const count = 1 + Math.floor(random() * 20);
    for (let i = 0; i < count; i++) {
      const line = `${name} body=${body} entry=${i} ${'x'.repeat(Math.floor(random() * 200))}`;
      const at = round.startNs + BigInt(Math.floor(random() * Number(ROUND_NS)));
      values.push(random() < 0.3 ? [String(at), line, { trace_id: `${name}-${body}` }] : [String(at), line]);
      round.sent.add(line);
    }
    try {
      const response = await push(
        url,
        { app: 'crash', pusher: name.slice(-1), shard: String(Math.floor(random() * 5)) },
        values,
      );
      if (response.status === 204) for (const [, line] of values) round.acknowledged.add(line);
      else expect([429, 503]).toContain(response.status);
    } catch {
      return;
    }
  }
}

async function flushUntilKilled(url: string, random: () => number): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, random() * 150));
    try {
      await fetch(`${url}/flush`, { method: 'POST' });
    } catch {
      return;
    }
  }
}

async function verify(url: string, round: Round, label: string): Promise<void> {
  const values = await readAll(url, '{app="crash"}', round.startNs, round.startNs + ROUND_NS);
  const lines = values.map(([, line]) => line);
  const found = new Set(lines);
  expect(lines.length - found.size, `${label}: entries doubled`).toBe(0);
  expect(
    [...round.acknowledged].filter((line) => !found.has(line)),
    `${label}: acknowledged entries lost`,
  ).toEqual([]);
  expect(
    [...found].filter((line) => !round.sent.has(line)),
    `${label}: entries that nobody sent`,
  ).toEqual([]);
}

test(
  `killed ${ROUNDS} times, loses nothing acknowledged and doubles nothing (seed ${SEED})`,
  { timeout: 3_600_000 },
  async () => {
    const random = seededRandom(SEED);
    const { directory, remove } = await temporaryDirectory();
    const baseNs = BigInt(Date.now()) * 1_000_000n - BigInt(ROUNDS) * ROUND_NS;
    const rounds: Round[] = [];
    let server = await ServerProcess.start(directory, NO_WARM_UP);
    for (let number = 0; number < ROUNDS; number++) {
      const round: Round = { startNs: baseNs + BigInt(number) * ROUND_NS, acknowledged: new Set(), sent: new Set() };
      rounds.push(round);
      const pushers = Array.from({ length: PUSHERS }, (_, i) =>
        pushUntilKilled(server.url, round, `round=${number} pusher=${i}`, random),
      );
      const flusher = flushUntilKilled(server.url, random);
      await new Promise((resolve) => setTimeout(resolve, 20 + random() * 500));
      await server.kill();
      await Promise.all([...pushers, flusher]);
      server = await ServerProcess.start(directory, NO_WARM_UP);
      await verify(server.url, round, `round ${number}`);
    }
    expect(rounds.some(({ acknowledged }) => acknowledged.size > 0)).toBe(true);
    for (const [number, round] of rounds.entries()) await verify(server.url, round, `round ${number}, at the end`);
    expect(await server.stop()).toBe(0);
    await remove();
  },
);
