import { describe, expect, test } from 'vitest';
import { limitsSchema, resolveLimits, type Limits } from '../../../config/limits.ts';
import { parseQuery } from '../../../../grammar/parse.ts';
import type { QueryParams } from '../../../../planner/logical/query-params.ts';
import { checkQuery } from './check-query.ts';

const HOUR = 3_600_000_000_000n;

function check(text: string, limits: Record<string, unknown>, params: Partial<QueryParams> = {}): void {
  checkQuery({
    text,
    expr: parseQuery(text),
    limits: resolveLimits(limitsSchema.parse(limits), false) satisfies Limits,
    params: {
      startNs: 0n,
      endNs: HOUR,
      stepNs: 1n,
      limit: 100,
      direction: 'backward',
      intervalNs: 0n,
      instant: false,
      ...params,
    },
  });
}

/** Limits, a query that keeps them, one that does not, and what it is told. */
const TABLE: readonly (readonly [
  name: string,
  limits: Record<string, unknown>,
  allowed: readonly [string, Partial<QueryParams>?],
  refused: readonly [string, Partial<QueryParams>?],
  message: string,
])[] = [
  [
    'max_entries_limit_per_query',
    { max_entries_limit_per_query: 10 },
    ['{app="l"}', { limit: 10 }],
    ['{app="l"}', { limit: 11 }],
    'max entries limit per query exceeded, limit > max_entries_limit_per_query (11 > 10)',
  ],
  [
    'max_query_length',
    { max_query_length: '2h' },
    ['{app="l"}', { endNs: 2n * HOUR }],
    ['{app="l"}', { endNs: 800n * HOUR }],
    'the query time range exceeds the limit (query length: 800h0m0s, limit: 2h)',
  ],
  [
    'max_query_length as it is by default',
    {},
    ['rate({app="l"}[1d])', { endNs: 721n * HOUR }],
    ['rate({app="l"}[1d])', { endNs: 721n * HOUR + 1_000_000_000n }],
    'the query time range exceeds the limit (query length: 721h0m1s, limit: 30d1h)',
  ],
  [
    'max_query_range',
    { max_query_range: '30m' },
    ['rate({app="l"}[30m])'],
    ['rate({app="l"}[45m])'],
    '[interval] value exceeds limit: [45m] > [30m]',
  ],
  [
    'max_query_range names the last one',
    { max_query_range: '30m' },
    ['rate({app="l"}[30m]) / rate({app="l"}[1m])'],
    ['rate({app="l"}[2h]) / rate({app="l"}[1h])', { instant: true }],
    '[interval] value exceeds limit: [1h] > [30m]',
  ],
  [
    'required_labels',
    { required_labels: ['env', 'team'] },
    ['sum(rate({app="l", env=~".+", team="x"}[1m]))'],
    ['{nope="l", env="x"}'],
    'stream selector is missing required matchers [team], labels present in the query were [nope, env]',
  ],
  [
    'required_labels in every selector',
    { required_labels: ['env'] },
    ['rate({app="l"}[1m]) / rate({app="l"}[1m])', { instant: true }],
    ['rate({env="l"}[1m]) / rate({app="l"}[1m])'],
    'stream selector is missing required matchers [env], labels present in the query were [app]',
  ],
  [
    'minimum_labels_number',
    { minimum_labels_number: 2 },
    ['{a="1", b="2"}'],
    ['{a="1"} | b="2"'],
    'stream selector has less label matchers than required: ' +
      '(present: [a], number_present: 1, required_number_label_matchers: 2)',
  ],
  [
    'max_streams_matchers_per_query',
    { max_streams_matchers_per_query: 2 },
    ['{a="1", b="2"} | c="3"'],
    ['{a="1", b="2", c="3"}'],
    'max streams matchers per query exceeded, matchers-count > limit (3 > 2)',
  ],
];

describe.each(TABLE)('%s', (_, limits, allowed, refused, message) => {
  test('is kept', () => expect(() => check(allowed[0], limits, allowed[1])).not.toThrow());
  test('is exceeded', () => expect(() => check(refused[0], limits, refused[1])).toThrow(message));
});

describe('blocked_queries', () => {
  const TEXT = '{app="blocked"}';
  test.each([
    ['the text', { pattern: ' {app="blocked"} ' }, TEXT, true],
    ['a part of the text', { pattern: 'blocked' }, TEXT, false],
    ['a pattern that looks like a regular expression', { pattern: '.*blocked.*' }, TEXT, false],
    ['a regular expression', { pattern: 'bl.cked', regex: true }, TEXT, true],
    ['another regular expression', { pattern: '^blocked', regex: true }, TEXT, false],
    ['everything', {}, TEXT, true],
    ['its hash', { hash: 339_200_359 }, TEXT, true],
    ['another hash, whatever the pattern', { hash: 1, pattern: TEXT }, TEXT, false],
    ['metric queries', { types: 'metric' }, TEXT, false],
    ['metric queries', { types: 'filter,metric' }, 'rate({app="blocked"}[1m])', true],
    ['log queries that filter', { types: 'filter' }, TEXT, false],
    ['log queries that filter', { types: 'filter' }, '{app="blocked"} |= "x"', true],
    ['log queries that do not', { types: 'limited' }, '{app="blocked"} | json', true],
  ])('by %s %j: %s', (_, blocked, text, isBlocked) => {
    const run = () => check(text, { blocked_queries: [blocked] });
    if (isBlocked) expect(run).toThrow('query blocked by policy');
    else expect(run).not.toThrow();
  });
});

test('of several limits, the entries are named first and the interval last (as recorded)', () => {
  const limits = {
    max_entries_limit_per_query: 10,
    required_labels: ['env'],
    max_query_length: '30m',
    blocked_queries: [{}],
  };
  expect(() => check('{app="l"}', limits)).toThrow('max entries limit');
  expect(() => check('{app="l"}', limits, { limit: 1 })).toThrow('missing required matchers');
  expect(() => check('{env="l"}', limits, { limit: 1 })).toThrow('query time range');
  expect(() => check('{env="l"}', limits, { limit: 1, endNs: 1n })).toThrow('blocked by policy');
});

test.each([
  ['all tags, in any case', { Source: 'Grafana', feature: 'beta' }, 'Source=grafana,Feature=BETA,x=y', true],
  ['one of two tags', { source: 'grafana', feature: 'beta' }, 'Source=grafana', false],
  ['another value', { source: 'grafana' }, 'Source=logcli', false],
  ['a query without tags', { source: 'grafana' }, '', false],
  ['no tags', {}, 'Source=grafana', true],
])('blocked by tags: %s', (_, tags, header, isBlocked) => {
  const limits = resolveLimits(limitsSchema.parse({ blocked_queries: [{ pattern: '.*', regex: true, tags }] }), false);
  const text = '{app="a"}';
  const params = {
    startNs: 0n,
    endNs: 1n,
    stepNs: 1n,
    limit: 1,
    direction: 'backward',
    intervalNs: 0n,
    instant: false,
  } as const;
  const run = () => checkQuery({ text, expr: parseQuery(text), params, limits, tags: header });
  if (isBlocked) expect(run).toThrow('query blocked by policy');
  else expect(run).not.toThrow();
});
