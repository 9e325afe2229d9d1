import { expect, test } from 'vitest';
import { parseQuery } from '../../../grammar/parse.ts';
import { dataRangeOf } from './data-range.ts';

const SECOND = 1_000_000_000n;
const params = {
  startNs: 1000n * SECOND,
  endNs: 2000n * SECOND,
  stepNs: 10n * SECOND,
  limit: 100,
  direction: 'backward',
  intervalNs: 0n,
  instant: false,
} as const;

test.each([
  ['{a="b"}', 1000n * SECOND, 2000n * SECOND],
  ['rate({a="b"}[1m])', 940n * SECOND + 1n, 2000n * SECOND + 1n],
  ['rate({a="b"}[1m] offset 1m)', 880n * SECOND + 1n, 1940n * SECOND + 1n],
  ['rate({a="b"}[1m] offset -30s)', 970n * SECOND + 1n, 2030n * SECOND + 1n],
  ['sum(rate({a="b"}[1m])) / sum(rate({a="b"}[2m] offset 1m)) + vector(1)', 820n * SECOND + 1n, 2000n * SECOND + 1n],
  ['vector(1)', 1000n * SECOND, 1000n * SECOND],
])('%s', (query, start, end) => {
  expect(dataRangeOf(parseQuery(query), params)).toEqual({ start, end });
});

test('a log query at one time reads that time', () => {
  const at = { ...params, endNs: params.startNs };
  expect(dataRangeOf(parseQuery('{a="b"}'), at)).toEqual({ start: 1000n * SECOND, end: 1000n * SECOND + 1n });
});
