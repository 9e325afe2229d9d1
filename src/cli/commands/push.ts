import { Command, InvalidArgumentError } from 'commander';
import path from 'node:path';
import { formatBytes } from '../../common/bytes.ts';
import { Labels } from '../../common/labels.ts';
import { nodeRuntime } from '../../common/node-runtime.ts';
import type { Clock } from '../../common/runtime.ts';
import { encodePushBody } from '../../../ingest/push/encode-loki-proto.ts';
import { Client, runClient, ServerError, withClientOptions, type ClientOptions } from '../client.ts';
import { readLines } from '../line-reader.ts';
import { ProgressBar } from '../progress-bar.ts';
import { readChunks } from '../read-chunks.ts';

interface PushOptions extends ClientOptions {
  readonly label: readonly (readonly [string, string])[];
  readonly quiet?: boolean;
}

interface PendingEntry {
  readonly timestampNs: bigint;
  readonly line: Uint8Array;
}

const BODY_BYTES = 1_000_000;
const RETRIES_MAX = 8;
const BACKOFF_MS = 250;

/** `skald push FILE...`: ships text log files, a stream a file; `-` is standard input. */
export function pushCommand(): Command {
  const command = new Command('push')
    .description('Ship log files, one entry a line. Entries are stamped with the time at which they are read.')
    .argument('<file...>', 'Files to ship; - is standard input.')
    .option('-l, --label <name=value>', 'Label of the stream; may be repeated. `filename` is added.', collectLabel, [])
    .option('--quiet', 'No progress and no summary.');
  return withClientOptions(command).action(async (files: string[], options: PushOptions) => {
    await runClient(null, async () => {
      for (const file of files) await pushFile(file, options, nodeRuntime.clock);
    });
  });
}

function collectLabel(text: string, labels: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError(`Cannot read label "${text}": expected name=value.`);
  return [...labels, [text.slice(0, at), text.slice(at + 1)]];
}

async function pushFile(file: string, options: PushOptions, clock: Clock): Promise<void> {
  const stdin = file === '-';
  const totalBytes = stdin ? null : await nodeRuntime.files.sizeOf(file);
  const bar = new ProgressBar(totalBytes, clock, options.quiet !== true);
  const labels = Labels.from([
    ['job', 'skald-push'],
    ['filename', stdin ? 'stdin' : path.resolve(file)],
    ...options.label,
  ]);
  const client = new Client(options);
  const startMs = clock.monotonicMs();
  let [doneBytes, lines, bodyBytes, lastNs] = [0, 0, 0, 0n];
  let pending: PendingEntry[] = [];
  const flush = async (): Promise<void> => {
    if (pending.length > 0) await send(client, labels, pending);
    [pending, bodyBytes] = [[], 0];
  };
  for await (const { text, inputBytes } of readLines(
    stdin ? (process.stdin as AsyncIterable<Buffer>) : readChunks(nodeRuntime.files, file),
  )) {
    lastNs = laterThan(lastNs, clock.nowNs());
    pending.push({ timestampNs: lastNs, line: Uint8Array.from(text) });
    doneBytes += inputBytes;
    bodyBytes += text.length;
    lines++;
    if (bodyBytes >= BODY_BYTES) await flush();
    bar.update(doneBytes, lines);
  }
  await flush();
  bar.end();
  if (options.quiet === true) return;
  const seconds = (clock.monotonicMs() - startMs) / 1000;
  process.stderr.write(
    `${file}: ${lines} lines, ${formatBytes(doneBytes)} in ${seconds.toFixed(1)} s to ${labels.key}\n`,
  );
}

/** Strictly ascending, so that lines of one stream keep their order. */
function laterThan(lastNs: bigint, nowNs: bigint): bigint {
  return nowNs > lastNs ? nowNs : lastNs + 1n;
}

/** Sends one body; tries again while the server says that it is busy. */
async function send(client: Client, labels: Labels, entries: readonly PendingEntry[]): Promise<void> {
  const body = encodePushBody([{ labels: labels.key, entries }]);
  for (let attempt = 0; ; attempt++) {
    try {
      await client.post('/loki/api/v1/push', body, { 'Content-Type': 'application/x-protobuf' });
      return;
    } catch (error) {
      const busy = error instanceof ServerError && (error.status === 429 || error.status >= 500);
      if (!busy || attempt >= RETRIES_MAX) throw error;
      await nodeRuntime.timers.sleep(BACKOFF_MS * 2 ** attempt);
    }
  }
}
