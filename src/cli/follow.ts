import { nodeRuntime } from '../common/node-runtime.ts';
import { Client, endpointUrl, runClient, ServerError, type ClientOptions } from './client.ts';
import { printEntries, type LogFormat, type PrintedEntry } from './print-logs.ts';

export interface FollowOptions extends ClientOptions {
  readonly limit: string;
  readonly since?: string;
  readonly delayFor?: string;
  readonly output: LogFormat;
  readonly color: boolean;
}

interface Frame {
  readonly streams: readonly {
    readonly stream: Record<string, string>;
    readonly values: readonly (readonly [string, string, Categories?])[];
  }[];
  readonly dropped_entries?: readonly unknown[];
}

type Param = [name: string, value: string];

interface Categories {
  readonly structuredMetadata?: Record<string, string>;
  readonly parsed?: Record<string, string>;
}

const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 10_000;
const PATH = '/loki/api/v1/tail';
/** Close codes after which asking again is of use: the server went away, or the connection did. */
const LOST: readonly number[] = [1001, 1005, 1006, 1012, 1013];

/**
 * Prints recent entries and what arrives until the process is interrupted or the server refuses. After a lost connection
 * it asks again from the newest entry that it printed, and prints nothing twice.
 */
export async function follow(query: string, options: FollowOptions): Promise<void> {
  await runClient(query, async () => {
    await refuseEarly(params(query, options, null), options);
    const printer = new Printer(options);
    let retryMs = RETRY_MIN_MS;
    for (;;) {
      const { code, reason, received } = await listen(query, options, printer);
      if (!LOST.includes(code)) throw new ServerError(400, reason === '' ? `the server closed with ${code}` : reason);
      if (received) retryMs = RETRY_MIN_MS;
      process.stderr.write(`connection lost${reason === '' ? '' : ` (${reason})`}; again in ${retryMs / 1000} s\n`);
      await nodeRuntime.timers.sleep(retryMs);
      retryMs = Math.min(2 * retryMs, RETRY_MAX_MS);
      await refuseEarly(params(query, options, printer.newestNs), options).catch(throwIfRefused);
    }
  });
}

/** A WebSocket does not tell why an upgrade was refused; a plain request does, in its own words. */
async function refuseEarly(request: readonly Param[], options: FollowOptions): Promise<void> {
  try {
    await new Client(options).get(PATH, request);
  } catch (error) {
    // That it is no WebSocket is the one thing that is wrong with a good request.
    if (!(error instanceof ServerError) || error.message !== 'Bad Request') throw error;
  }
}

/** A server that is not back yet, or not ready, may still take the request. */
function throwIfRefused(error: unknown): void {
  if (error instanceof ServerError && error.status < 500) throw error;
}

interface End {
  readonly code: number;
  readonly reason: string;
  readonly received: boolean;
}

async function listen(query: string, options: FollowOptions, printer: Printer): Promise<End> {
  const url = endpointUrl(options, PATH);
  url.search = new URLSearchParams(params(query, options, printer.newestNs)).toString();
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const headers = {
    'X-Loki-Response-Encoding-Flags': 'categorize-labels',
    ...(options.orgId === undefined ? {} : { 'X-Scope-OrgID': options.orgId }),
  };
  const socket = new WebSocket(url, { headers });
  let received = false;
  socket.addEventListener('message', ({ data }) => {
    received = true;
    printer.print(JSON.parse(String(data)) as Frame);
  });
  return await new Promise<End>((resolve) => {
    socket.addEventListener('error', () => resolve({ code: 1006, reason: '', received }));
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason, received }));
  });
}

/** `afterNs` is the newest entry that was printed: history begins there, and is as long as the server allows. */
function params(query: string, options: FollowOptions, afterNs: bigint | null): Param[] {
  const list: Param[] = [['query', query]];
  if (afterNs === null) {
    list.push(['limit', options.limit]);
    if (options.since !== undefined) list.push(['since', options.since]);
  } else list.push(['limit', HISTORY_AGAIN], ['start', String(afterNs)]);
  if (options.delayFor !== undefined) list.push(['delay_for', options.delayFor]);
  return list;
}

/** Entries to catch up with: Loki's max_entries_limit_per_query. */
const HISTORY_AGAIN = '5000';

/** Prints frames, and remembers enough to leave out what a new connection repeats. */
class Printer {
  readonly #options: FollowOptions;
  newestNs: bigint | null = null;
  /** Entries with the newest timestamp. */
  #atNewest = new Set<string>();

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  print({ streams, dropped_entries: dropped = [] }: Frame): void {
    const entries: PrintedEntry[] = [];
    for (const { stream, values } of streams) {
      for (const [timestamp, line, categories] of values) {
        const labels = { ...stream, ...categories?.structuredMetadata, ...categories?.parsed };
        const key = JSON.stringify([labels, line]);
        if (this.#isNew(BigInt(timestamp), key)) entries.push({ timestampNs: BigInt(timestamp), labels, line });
      }
    }
    const colour = this.#options.color && process.stdout.isTTY;
    process.stdout.write(printEntries(entries, this.#options.output, colour));
    if (dropped.length > 0) process.stderr.write(`${dropped.length} or more entries were too many to show\n`);
  }

  /** Notes an entry; false when it was printed already. Only the newest timestamp can come again. */
  #isNew(timestampNs: bigint, key: string): boolean {
    if (this.newestNs !== null && timestampNs < this.newestNs) return true;
    if (timestampNs !== this.newestNs) {
      this.newestNs = timestampNs;
      this.#atNewest = new Set();
    }
    if (this.#atNewest.has(key)) return false;
    this.#atNewest.add(key);
    return true;
  }
}
