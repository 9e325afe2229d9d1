import { Redis } from 'ioredis';
import { messageOf } from '../../../common/errors.ts';
import type { Clock } from '../../../common/runtime.ts';
import type { Logger } from '../../../common/telemetry/logger.ts';
import type { CacheStore, CacheValue } from './cache-store.ts';

export interface RedisCacheOptions {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly db: number;
  readonly tls: { readonly verify: boolean } | null;
  /** Of connecting and of each command. */
  readonly timeoutMs: number;
  /** How long values are kept. */
  readonly ttlMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onFailure: () => void;
}

/** Between attempts to connect. */
const RECONNECT_MAX_MS = 5000;
/** After a failure it is not asked for so long: a server that hangs delays one query in a while, and not each of them. */
const PAUSE_MS = 1000;
/** Redis keeps no larger value than 512 MiB; one that is far smaller is not worth its way. */
const VALUE_BYTES_MAX = 16 * 2 ** 20;

/** Values in a Redis server. While it is away nothing is found, which is told once until it is back. */
export class RedisCache implements CacheStore {
  readonly outlivesProcess = true;
  readonly #options: RedisCacheOptions;
  readonly #redis: Redis;
  #isTold = false;
  #pausedUntilMs = -Infinity;

  constructor(options: RedisCacheOptions) {
    this.#options = options;
    this.#redis = new Redis(connectionOptions(options));
    this.#redis.on('error', (error: unknown) => this.#tell(error));
    this.#redis.on('ready', () => {
      if (this.#isTold) options.logger.info({ address: this.#address }, 'the results cache is back');
      this.#isTold = false;
      this.#pausedUntilMs = -Infinity;
    });
  }

  async get(keys: readonly string[]): Promise<(Uint8Array | null)[]> {
    const nothing = keys.map(() => null);
    if (keys.length === 0) return nothing;
    return await this.#attempt(() => this.#redis.mgetBuffer([...keys]), nothing);
  }

  async put(values: readonly CacheValue[]): Promise<void> {
    const { ttlMs } = this.#options;
    const small = values.filter(({ value }) => value.byteLength <= VALUE_BYTES_MAX);
    await this.#attempt(async () => {
      const pipeline = this.#redis.pipeline();
      for (const { key, value } of small) pipeline.set(key, Buffer.from(value), 'PX', ttlMs);
      for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
    }, undefined);
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }

  get #address(): string {
    return `${this.#options.host}:${this.#options.port}`;
  }

  async #attempt<Result>(run: () => Promise<Result>, otherwise: Result): Promise<Result> {
    const { clock } = this.#options;
    if (clock.monotonicMs() < this.#pausedUntilMs) return otherwise;
    try {
      return await run();
    } catch (error) {
      this.#pausedUntilMs = clock.monotonicMs() + PAUSE_MS;
      this.#options.onFailure();
      this.#tell(error);
      return otherwise;
    }
  }

  #tell(error: unknown): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#options.logger.warn(
      { address: this.#address, err: messageOf(error) },
      'the results cache does not answer: queries run without it until it is back',
    );
  }
}

function connectionOptions({ host, port, username, password, db, tls, timeoutMs }: RedisCacheOptions) {
  return {
    host,
    port,
    db,
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    ...(tls === null ? {} : { tls: { rejectUnauthorized: tls.verify } }),
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    // A query waits for no cache: what cannot be sent now fails now, and nothing is sent twice.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt: number) => Math.min(100 * attempt, RECONNECT_MAX_MS),
  };
}
