import { type DataRandom, zipfWeights } from './data-random.ts';
import { type Level, levels } from './levels.ts';
import type { Stamp } from './timeline.ts';

export interface ApiLine {
  readonly line: string;
  readonly level: Level;
  readonly status: number;
  readonly durationMs: number;
  readonly path: string;
  readonly user: number;
  readonly traceId: string;
}

/** Users whose requests are logged; at full size nearly all occur. */
export const USERS = 50_000;

const METHODS = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'];
const RESOURCES = ['orders', 'carts', 'users', 'search', 'items', 'payments', 'sessions', 'reviews', 'stock', 'prices'];
const ACTIONS = ['list', 'get', 'update', 'create'];
const STATUS: Readonly<Record<Level, readonly number[]>> = {
  error: [500, 500, 500, 502, 503, 504],
  warn: [400, 401, 403, 404, 404, 409, 429],
  info: [200, 200, 200, 200, 200, 201, 204],
  debug: [200, 200, 200, 304],
};
const MESSAGES: Readonly<Record<Level, readonly string[]>> = {
  error: ['request failed'],
  warn: ['request rejected'],
  info: ['request completed', 'request completed', 'served from cache', 'order stored', 'session refreshed'],
  debug: ['handler trace'],
};
const ERRORS = [
  'upstream timeout: context deadline exceeded',
  'java.sql.SQLTransientConnectionException: pool exhausted',
  'dial tcp 10.4.0.17:5432: connect: connection refused',
  'java.lang.IllegalStateException: cart is closed',
  'invalid character in response body',
  'redis: connection pool timeout',
];

/** JSON lines of an HTTP service: flat fields that queries use, and a nested object that they do not. */
export function apiLines(random: DataRandom, stamp: Stamp): () => ApiLine {
  const paths = Array.from(
    { length: 40 },
    (_, i) => `/api/v${1 + (i % 2)}/${RESOURCES[i % 10]}/${ACTIONS[Math.floor(i / 10)]}`,
  );
  const pickPath = random.weighted(zipfWeights(paths.length, 0.8));
  const pickUser = random.weighted(zipfWeights(USERS, 0.6));
  const nextLevel = levels(random);
  return () => {
    const level = nextLevel();
    const status = random.oneOf(STATUS[level]);
    const durationMs = duration(random, level);
    const path = paths[pickPath()];
    const user = pickUser();
    const traceId = random.hex(32);
    const error = level === 'error' ? `"error":"${random.oneOf(ERRORS)}",` : '';
    const version = `${1 + random.below(4)}.${random.below(10)}.${random.below(20)}`;
    const request =
      `{"method":"${random.oneOf(METHODS)}","host":"api.example.com","bytes":${random.below(20_000)},` +
      `"client":{"ip":"${random.ipAddress()}","version":"${version}"}}`;
    const line =
      `{"ts":"${stamp.iso}","level":"${level}","msg":"${random.oneOf(MESSAGES[level])}","status":${status},` +
      `"duration_ms":${durationMs},"user_id":"u${user}","path":"${path}","trace_id":"${traceId}",${error}` +
      `"request":${request}}`;
    return { line, level, status, durationMs, path, user, traceId };
  };
}

/** Mostly below 700 ms; some errors and a few others take seconds. One decimal. */
function duration(random: DataRandom, level: Level): number {
  let ms = Math.exp(random.next() * 6.5) + random.next() * 20;
  if (random.below(level === 'error' ? 140 : 400) === 0) ms += 3800 + random.next() * 6000;
  return Math.round(ms * 10) / 10;
}
