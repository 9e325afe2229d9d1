import { expect, test } from 'vitest';
import { parseQuery } from '../../../../grammar/parse.ts';
import { limitsSchema, resolveLimits } from '../../../config/limits.ts';
import type { PreparedQuery } from '../../querier/prepared-query.ts';
import { rangeParams } from '../testing/frontend-store.ts';
import { cacheKeys } from './cache-keys.ts';
import type { StepRange } from './step-ranges.ts';

const HOUR_NS = 3_600_000_000_000n;
const signal = new AbortController().signal;

function keysOf(query: string, stepS: number, range: StepRange, tenant = 't', splitNs = HOUR_NS) {
  const params = { ...rangeParams(0, 0, stepS), splitNs };
  const limits = resolveLimits(limitsSchema.parse({}), false);
  const prepared: PreparedQuery = {
    request: { tenant, query, params, signal },
    expr: parseQuery(query),
    limits,
    params,
  };
  return cacheKeys(prepared, params, range);
}
const RATE = 'rate({a="b"}[1m])';

test('windows are as long as the split interval, or a multiple, within bounds', () => {
  const sizeOf = (stepS: number, splitNs = HOUR_NS): number => {
    const [keyed] = keysOf(RATE, stepS, { first: 1_000_000, last: 1_000_000 }, 't', splitNs);
    return keyed.window.last - keyed.window.first + 1;
  };
  expect([60, 20, 15, 7, 1, 7200].map((step) => sizeOf(step))).toEqual([180, 180, 240, 512, 512, 128]);
  expect(sizeOf(60, 24n * HOUR_NS)).toBe(512);
});

test('a range is covered by windows that join, wherever it begins', () => {
  const keys = keysOf(RATE, 60, { first: -200, last: 400 });
  expect(keys.map(({ window }) => window)).toEqual([
    { first: -360, last: -181 },
    { first: -180, last: -1 },
    { first: 0, last: 179 },
    { first: 180, last: 359 },
    { first: 360, last: 539 },
  ]);
  expect(new Set(keys.map(({ key }) => key)).size).toBe(5);
  expect(keysOf(RATE, 60, { first: 0, last: 0 })).toEqual([keys[2]]);
});

test('a key is that of the question: spaces are none, all else is', () => {
  const at = { first: 0, last: 0 };
  const [same, ...others] = [
    keysOf('rate( {a="b"} [60s] )', 60, at),
    keysOf('rate({a="c"}[1m])', 60, at),
    keysOf(RATE, 30, at),
    keysOf(RATE, 60, at, 'u'),
    keysOf(RATE, 60, at, 't|u'),
    keysOf(RATE, 60, at, 't', 2n * HOUR_NS),
  ].map((keys) => keys[0]?.key);
  const key = keysOf(RATE, 60, at)[0]?.key;
  expect(same).toBe(key);
  expect(new Set([key, ...others]).size).toBe(1 + others.length);
});
