import { type DataRandom, zipfWeights } from './data-random.ts';
import { type Level, levels } from './levels.ts';
import type { Stamp } from './timeline.ts';

export interface WorkerLine {
  readonly line: string;
  readonly level: Level;
  readonly task: string;
}

const TASKS = [
  ...[
    'resize-image',
    'send-email',
    'webhook',
    'sync-stock',
    'charge-card',
    'build-report',
    'index-page',
    'purge-cache',
  ],
  ...[
    'export-csv',
    'import-feed',
    'transcode',
    'thumbnail',
    'geo-lookup',
    'score-fraud',
    'rotate-keys',
    'expire-carts',
  ],
  ...[
    'notify-push',
    'merge-users',
    'backup-db',
    'warm-cache',
    'reprice',
    'ship-label',
    'refund',
    'invoice',
    'scan-text',
  ],
  ...['dedupe', 'archive', 'audit', 'quota', 'heartbeat'],
];
const ERRORS = [
  'dial tcp 10.0.3.7:5432: i/o timeout',
  'unexpected EOF',
  'TimeoutException after 30s',
  'queue is full',
  'http2: stream closed',
  'no space left on device',
];
const MESSAGES: Readonly<Record<Level, string>> = {
  error: 'task failed',
  warn: 'task is slow',
  info: 'task finished',
  debug: 'task progress',
};
const ERROR_STATUS = [500, 502, 503, 404, 429];

/** logfmt lines of a job runner. */
export function workerLines(random: DataRandom, stamp: Stamp): () => WorkerLine {
  const pickTask = random.weighted(zipfWeights(TASKS.length, 0.7));
  const nextLevel = levels(random);
  return () => {
    const level = nextLevel();
    const task = TASKS[pickTask()];
    const took = 1 + random.below(level === 'warn' ? 9000 : 400);
    const status = task === 'webhook' ? ` status=${level === 'error' ? random.oneOf(ERROR_STATUS) : 200}` : '';
    const error = level === 'error' ? ` err="${random.oneOf(ERRORS)}"` : '';
    const line =
      `ts=${stamp.iso} level=${level} caller=worker.go:${100 + random.below(400)} msg="${MESSAGES[level]}" ` +
      `task=${task} job=${random.hex(8)} dur=${took}ms bytes=${random.below(5_000_000)}${status}${error}`;
    return { line, level, task };
  };
}
