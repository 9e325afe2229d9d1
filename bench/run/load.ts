import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GeneratedDataset } from '../dataset/generate.ts';
import type { HttpClient } from './http-client.ts';
import type { ProcessUsage } from './process-usage.ts';

const CONNECTIONS = 4;
const RETRIES_MAX = 20;
const RETRY_MS = 250;

export interface LoadResult {
  readonly seconds: number;
  readonly mbPerSecond: number;
  /** Of the server, from the first push until everything is flushed and it is quiet. */
  readonly cpuSeconds: number;
  readonly cpuSecondsPerGb: number;
  readonly peakBytes: number;
  readonly retries: number;
}

export interface LoadTarget {
  readonly client: HttpClient;
  readonly usage: ProcessUsage;
  /** How long the server must be quiet after the flush; 0 does not wait. */
  readonly quietMs: number;
}

/** Pushes a dataset over several connections, each sending a body when its last was answered; then flushes. */
export async function loadDataset(dataset: GeneratedDataset, target: LoadTarget): Promise<LoadResult> {
  const { client, usage } = target;
  const cpuBefore = usage.cpuSeconds();
  const startMs = performance.now();
  const queue = dataset.bodies.values();
  const connections = Array.from({ length: CONNECTIONS }, () => sendAll(queue, client));
  const retries = (await Promise.all(connections)).reduce((sum, count) => sum + count, 0);
  const seconds = (performance.now() - startMs) / 1000;
  const flushed = await client.post('/flush', new Uint8Array(0), 'text/plain');
  if (flushed.status !== 204) throw new Error(`Cannot flush: ${flushed.status} ${flushed.body.toString()}`);
  await quiet(usage, target.quietMs);
  const cpuSeconds = usage.cpuSeconds() - cpuBefore;
  return {
    seconds,
    mbPerSecond: dataset.lineBytes / 1e6 / seconds,
    cpuSeconds,
    cpuSecondsPerGb: cpuSeconds / (dataset.lineBytes / 1e9),
    peakBytes: usage.peakBytes(),
    retries,
  };
}

/** Sends what is left in the queue, one body at a time; returns how often the server asked to try again. */
async function sendAll(queue: Iterator<string>, client: HttpClient): Promise<number> {
  let retries = 0;
  for (let next = queue.next(); next.done !== true; next = queue.next()) {
    const body = readFileSync(next.value);
    for (let attempt = 0; ; attempt++) {
      const { status, body: answer } = await client.post('/loki/api/v1/push', body, 'application/x-protobuf');
      if (status < 300) break;
      const again = status === 429 || status >= 500;
      if (!again || attempt === RETRIES_MAX)
        throw new Error(`Cannot push ${next.value}: ${status} ${answer.toString()}`);
      retries++;
      await sleep(RETRY_MS);
    }
  }
  return retries;
}

/** Waits until the process has hardly used a core for `quietMs`. */
export async function quiet(usage: ProcessUsage, quietMs: number): Promise<void> {
  const [intervalMs, waitMaxMs, busyShare] = [250, 60_000, 0.08];
  let last = usage.cpuSeconds();
  for (let [quietFor, waited] = [0, 0]; quietFor < quietMs && waited < waitMaxMs; waited += intervalMs) {
    await sleep(intervalMs);
    const now = usage.cpuSeconds();
    quietFor = (now - last) * 1000 <= intervalMs * busyShare ? quietFor + intervalMs : 0;
    last = now;
  }
}
