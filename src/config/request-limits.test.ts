import { expect, test } from 'vitest';
import { limitsSchema, resolveLimits } from './limits.ts';
import { parseRequestLimits, withRequestLimits } from './request-limits.ts';

const limits = resolveLimits(
  limitsSchema.parse({ max_query_length: '2h', required_labels: ['env'], max_entries_limit_per_query: 0 }),
  false,
);
const tightened = (header: object) => withRequestLimits(limits, parseRequestLimits(JSON.stringify(header)));

test('every member of the header', () => {
  const header = {
    maxQueryLength: '1h',
    maxQueryInterval: '5m',
    maxQueryLookback: '1d',
    maxQueryTime: '10s',
    maxEntriesLimitPerQuery: 10,
    maxQueryBytesRead: '1MB',
    requiredLabels: ['app'],
    minimumLabelsNumber: 2,
  };
  expect(tightened(header)).toEqual({
    ...limits,
    max_query_length: 3_600_000,
    max_query_range: 300_000,
    max_query_lookback: 86_400_000,
    query_timeout: 10_000,
    max_entries_limit_per_query: 10,
    max_query_bytes_read: 2 ** 20,
    required_labels: ['env', 'app'],
    minimum_labels_number: 2,
  });
});

test('what the tenant does not allow, the header does not either', () => {
  expect(tightened({ maxQueryLength: '3h', maxQueryTime: '1h', maxEntriesLimitPerQuery: 0 })).toEqual(limits);
  expect(tightened({})).toEqual(limits);
  expect(withRequestLimits(limits, undefined)).toBe(limits);
});

test.each([
  ['', 'X-Loki-Query-Limits: Unexpected end of JSON input'],
  ['x', 'X-Loki-Query-Limits: Unexpected token'],
  ['[]', 'X-Loki-Query-Limits: document: Invalid input: expected object, received array'],
  ['{"maxQueryLength":"1 hour"}', 'X-Loki-Query-Limits: maxQueryLength: unknown unit " hour" in duration "1 hour"'],
  ['{"maxEntriesLimitPerQuery":"ten"}', 'maxEntriesLimitPerQuery: Invalid input: expected number, received string'],
])('%j', (header, reason) => {
  expect(() => parseRequestLimits(header)).toThrow(
    expect.objectContaining({ code: 'bad_request', message: expect.stringContaining(reason) as string }),
  );
});
