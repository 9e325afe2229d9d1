import { Counter, type Registry } from 'prom-client';
import { parseAddress } from '../../../common/address.ts';
import { must } from '../../../common/assert.ts';
import type { Clock } from '../../../common/runtime.ts';
import type { Logger } from '../../../common/telemetry/logger.ts';
import type { Config } from '../../../config/schema.ts';
import type { CacheStore } from './cache-store.ts';
import { InstrumentedCache, observeMemoryCache } from './instrumented-cache.ts';
import { MemoryCache } from './memory-cache.ts';
import { RedisCache } from './redis-cache.ts';

const REDIS_PORT = 6379;

type CacheConfig = Config['query_range']['results_cache']['cache'];

export interface CacheStoreParts {
  readonly config: CacheConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
}

/** Redis where it is configured, memory otherwise; Loki, too, has its embedded cache when no other is named. */
export function openCacheStore(parts: CacheStoreParts): CacheStore {
  const { config, clock, registry } = parts;
  if (config.redis.endpoint !== '') return new InstrumentedCache(openRedis(parts), clock, registry);
  const { max_size_mb: megabytes, max_size_items: itemsMax, ttl } = config.embedded_cache;
  const ttlMs = ttl > 0 ? ttl : config.default_validity;
  const memory = new MemoryCache({ bytesMax: megabytes * 2 ** 20, itemsMax, ttlMs, clock });
  observeMemoryCache(memory, registry);
  return new InstrumentedCache(memory, clock, registry);
}

function openRedis({ config, clock, logger, registry }: CacheStoreParts): RedisCache {
  const { redis, default_validity: validityMs } = config;
  const failures = new Counter({
    name: 'skald_results_cache_redis_failures_total',
    help: 'Requests to Redis that were not answered; the cache had nothing then.',
    registers: [registry],
  });
  const { host, port } = must(parseAddress(redis.endpoint), 'the configuration has checked the address');
  return new RedisCache({
    host,
    port: port ?? REDIS_PORT,
    username: redis.username,
    password: redis.password,
    db: redis.db,
    tls: redis.tls_enabled ? { verify: !redis.tls_insecure_skip_verify } : null,
    timeoutMs: redis.timeout,
    ttlMs: redis.expiration > 0 ? redis.expiration : validityMs,
    clock,
    logger,
    onFailure: () => failures.inc(),
  });
}
