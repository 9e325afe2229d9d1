import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hasRedis, RedisServer } from '../../../../test/support/redis-server.ts';
import { nodeRuntime } from '../../../common/node-runtime.ts';
import { createLogger } from '../../../common/telemetry/logger.ts';
import { RedisCache, type RedisCacheOptions } from './redis-cache.ts';

describe.skipIf(!hasRedis())('with a Redis server', () => {
  let redis: RedisServer;
  let cache: RedisCache;
  let log: string[];
  let failures: number;

  beforeEach(async () => {
    redis = await RedisServer.start();
    open();
  });
  afterEach(async () => {
    await cache.close();
    await redis.stop();
  });

  function open(options: Partial<RedisCacheOptions> = {}): void {
    log = [];
    failures = 0;
    cache = new RedisCache({
      host: '127.0.0.1',
      port: redis.port,
      username: '',
      password: '',
      db: 0,
      tls: null,
      timeoutMs: 200,
      ttlMs: 60_000,
      clock: nodeRuntime.clock,
      logger: createLogger({ level: 'info', format: 'logfmt', write: (line) => void log.push(line) }),
      onFailure: () => failures++,
      ...options,
    });
  }

  const value = (...bytes: number[]) => new Uint8Array(bytes);
  const read = async (...keys: string[]) =>
    (await cache.get(keys)).map((found) => (found === null ? null : [...found]));
  const isReady = async () => await expect.poll(async () => await stores('ready'), { timeout: 20_000 }).toBe(true);

  /** Whether something can be stored now. */
  async function stores(key: string): Promise<boolean> {
    await cache.put([{ key, value: value(1) }]);
    return (await cache.get([key]))[0] !== null;
  }

  test('bytes come back in the order of the keys', async () => {
    await isReady();
    await cache.put([
      { key: 'a', value: value(0, 255, 10, 13) },
      { key: 'b', value: value() },
    ]);
    expect(await read('b', 'nothing', 'a')).toEqual([[], null, [0, 255, 10, 13]]);
    expect(await read()).toEqual([]);
  });

  test('values expire', async () => {
    await cache.close();
    open({ ttlMs: 50 });
    await isReady();
    await expect.poll(() => read('ready')).toEqual([null]);
  });

  test('a server that goes away has nothing, which is told once; it is used again when it is back', async () => {
    await isReady();
    log = [];
    failures = 0;
    await redis.stop();
    expect(await read('ready', 'b')).toEqual([null, null]);
    await cache.put([{ key: 'a', value: value(1) }]);
    expect(await read('ready')).toEqual([null]);
    expect(failures).toBeGreaterThan(0);
    await expect.poll(() => log.length).toBe(1);
    expect(log[0]).toContain('the results cache does not answer');
    await redis.startAgain();
    await isReady();
    expect(log.at(-1)).toContain('the results cache is back');
    expect(log).toHaveLength(2);
  });

  test('a server that hangs is not waited for', async () => {
    await isReady();
    failures = 0;
    redis.freeze();
    expect(await read('ready')).toEqual([null]);
    // Nor asked again at once.
    expect(await read('ready')).toEqual([null]);
    expect(failures).toBe(1);
    redis.thaw();
    await isReady();
  });

  test('a password and a database', async () => {
    await cache.close();
    await redis.stop();
    redis = await RedisServer.start('--requirepass', 'secret');
    open({ password: 'secret', db: 3 });
    await isReady();
    await cache.close();
    open({ password: 'secret', db: 4 });
    await isReady();
    await cache.close();
    open({ password: 'wrong' });
    await expect.poll(() => log.length).toBe(1);
    expect([await stores('a'), log.length]).toEqual([false, 1]);
    expect(log[0]).not.toContain('secret');
  });
});
