import { describe, expect, test } from 'vitest';
import type { IngestLimits } from '../../ingest/ingest-limits.ts';
import { limitsSchema, resolveLimits, type Limits } from './limits.ts';

const resolve = (input: unknown, authEnabled = false): Limits => resolveLimits(limitsSchema.parse(input), authEnabled);

describe('limits', () => {
  test('fit what ingest asks for', () => {
    const limits: IngestLimits = resolve({});
    expect(limits.max_line_size).toBe(256 * 1024);
    expect(limits.log_level_fields).toHaveLength(14);
    expect(limits.discover_service_name).toHaveLength(13);
  });

  test('one tenant without authentication is not throttled', () => {
    const limits = resolve({});
    expect(limits.reject_old_samples).toBe(false);
    expect(limits.max_global_streams_per_user).toBe(0);
    expect(limits.ingestion_rate_mb).toBe(1024);
  });

  test('tenants that share a server get the defaults of Loki', () => {
    expect(resolve({}, true)).toMatchObject({
      ingestion_rate_mb: 4,
      ingestion_burst_size_mb: 6,
      max_global_streams_per_user: 5000,
      per_stream_rate_limit: 3 * 1024 * 1024,
      per_stream_rate_limit_burst: 15 * 1024 * 1024,
    });
  });

  test('what is written wins, whatever the mode', () => {
    const written = { ingestion_rate_mb: 0.02, per_stream_rate_limit: '2KB', max_global_streams_per_user: 5 };
    const read = { ingestion_rate_mb: 0.02, per_stream_rate_limit: 2048, max_global_streams_per_user: 5 };
    expect(resolve(written)).toMatchObject(read);
    expect(resolve(written, true)).toMatchObject(read);
  });

  test('units', () => {
    const limits = resolve({
      max_line_size: '64KB',
      max_structured_metadata_size: 100,
      reject_old_samples_max_age: '2h',
      max_query_length: '0s',
    });
    expect(limits.max_line_size).toBe(65_536);
    expect(limits.max_structured_metadata_size).toBe(100);
    expect(limits.reject_old_samples_max_age).toBe(7_200_000);
    expect(limits.max_query_length).toBe(0);
  });

  test('a file written for Loki is read', () => {
    expect(() =>
      resolve({
        ingestion_rate_strategy: 'local',
        per_stream_rate_limit: '1GB',
        per_stream_rate_limit_burst: '2GB',
        split_queries_by_interval: '1h',
        blocked_queries: [{ pattern: '.*secret.*', regex: true }],
      }),
    ).not.toThrow();
  });

  test.each([
    [{ max_line_sise: '1KB' }, /max_line_sise/],
    [{ max_line_size: 'big' }, /not a valid size/],
    [{ reject_old_samples_max_age: '7 days' }, /duration/],
    [{ max_query_series: -1 }, /max_query_series/],
    [{ block_ingestion_until: 'tomorrow' }, /block_ingestion_until/],
  ])('refuses %j', (input, message) => {
    expect(() => resolve(input)).toThrow(message);
  });

  test('refuses a truncation identifier longer than a line', () => {
    const input = { max_line_size: 3, max_line_size_truncate: true, max_line_size_truncate_identifier: '...!' };
    expect(() => resolve(input)).toThrow('Cannot truncate lines');
  });
});
