import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expr } from './ast.ts';
import { parseQuery } from './parse.ts';
import { print } from './print.ts';
import { arbitraryExpr } from './testing/arbitrary-expr.ts';

/** The tree as text, without source ranges; NaN, infinities and -0 stay apart. */
function shapeOf(expr: Expr): string {
  return JSON.stringify(expr, (key, value: unknown) => {
    if (key === 'range') return undefined;
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
      return Object.is(value, -0) ? '-0' : String(value);
    }
    // `{"a":1}` whatever order the properties were made in.
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

test('the text of a tree parses to an equal tree and prints the same', () => {
  fc.assert(
    fc.property(arbitraryExpr(), (expr) => {
      const text = print(expr);
      const parsed = parseQuery(text);
      expect(shapeOf(parsed)).toBe(shapeOf(expr));
      expect(print(parsed)).toBe(text);
    }),
    { numRuns: 1500 },
  );
});

describe('canonical text', () => {
  const cases: readonly (readonly [query: string, text: string])[] = [
    ['{app="nginx"}|="x"', '{app="nginx"} |= "x"'],
    ['({ a = "b" , c=~`d` })', '{a="b", c=~"d"}'],
    ['sum by(app)(rate({app="nginx"}[5m]))', 'sum by (app)(rate({app="nginx"}[5m]))'],
    ['topk(5,sum(rate({a="b"}[1m]))by(c))', 'topk(5,sum by (c)(rate({a="b"}[1m])))'],
    ['sum by () (rate({a="b"}[1m]))', 'sum(rate({a="b"}[1m]))'],
    ['sum without () (rate({a="b"}[1m]))', 'sum without ()(rate({a="b"}[1m]))'],
    [
      '{a="b"} | logfmt --keep-empty --strict x="y", z | drop p, q="r" | keep s',
      '{a="b"} | logfmt --strict --keep-empty x="y",z="z" | drop p,q="r" | keep s',
    ],
    ['{a="b"} |= ip("10.0.0.0/8") | decolorize', '{a="b"} |= ip("10.0.0.0/8") | decolorize'],
    [
      'sum(count_over_time({a="b"}[1h] offset 5m)) or vector(0)',
      '(sum(count_over_time({a="b"}[1h] offset 5m0s)) or vector(0.000000))',
    ],
    [
      'max without (x) (max_over_time({a="b"} | unwrap bytes(sz) [90s]))',
      'max without (x)(max_over_time({a="b"} | unwrap bytes(sz)[1m30s]))',
    ],
    ['{a="b"} |> "<_>x<_>" | json a="b.c", d | unpack', '{a="b"} |> "<_>x<_>" | json a="b.c",d="d" | unpack'],
    ['# comment\n{a="b"} # trailing', '{a="b"}'],
    ['{a="b"} /* one */ |= "x" // two', '{a="b"} |= "x"'],
    ['{a="b"} | x = 5 | d>=1.5h | s < 20MB, t != 20MiB', '{a="b"} | x==5 | d>=1h30m0s | ( s<20MB , t!=20971520B )'],
    ['{a="b"} | s > 0KB | n > -0.0', '{a="b"} | s>0KB | n>-0.0'],
    ['2 ^ 3 ^ 2', '512'],
    ['-1 ^ 2', '1'],
    ['1 / 0', '(0 / 0)'],
    ['7 % 0 == 1', '0'],
    ['2 > bool 1', '1'],
    ['1 + 2 * vector(3)', '(1 + (2 * vector(3.000000)))'],
    [
      'sum(rate({a="b"}[1m])) / on (x) group_left rate({a="b"}[1m])',
      '(sum(rate({a="b"}[1m])) / on (x) group_left () rate({a="b"}[1m]))',
    ],
    [
      'quantile_over_time(0.99, {a="b"} | unwrap d | d > 0 [1m]) by (x)',
      'quantile_over_time(0.99,{a="b"} | unwrap d | d>0[1m]) by (x)',
    ],
    ['rate(({a="b"} | json)[5m] offset -1h)', 'rate({a="b"} | json[5m] offset -1h0m0s)'],
    ['rate({a="b"}[5m] | json)', 'rate({a="b"} | json[5m])'],
    ['SUM BY (x) (RATE({a="b"} | JSON [5m]))', 'sum by (x)(rate({a="b"} | json[5m]))'],
    [
      'variants(count_over_time({a="b"}[1m]), rate({a="b"}[1m])) of ({a="b"}[1m])',
      'variants(count_over_time({a="b"}[1m]), rate({a="b"}[1m])) of ({a="b"}[1m])',
    ],
  ];

  test.each(cases)('%s', (query, text) => {
    expect(print(parseQuery(query))).toBe(text);
    expect(print(parseQuery(text))).toBe(text);
  });
});

describe('grouping of label filters', () => {
  const cases: readonly (readonly [filter: string, text: string])[] = [
    ['a="1" or b="2" and c="3"', '( a="1" or ( b="2" , c="3" ) )'],
    ['a="1" and b="2" or c="3"', '( ( a="1" , b="2" ) or c="3" )'],
    ['a="1", b="2" or c="3"', '( a="1" , ( b="2" or c="3" ) )'],
    ['a="1" b="2", c="3" or d="4"', '( a="1" , ( b="2" , ( c="3" or d="4" ) ) )'],
    ['a="1" or b="2", c="3"', '( a="1" or ( b="2" , c="3" ) )'],
    ['(a="1" or b="2"), c="3"', '( ( a="1" or b="2" ) , c="3" )'],
    ['a="1" and b="2" and c="3"', '( ( a="1" , b="2" ) , c="3" )'],
  ];

  test.each(cases)('%s', (filter, text) => {
    expect(print(parseQuery(`{x="y"} | ${filter}`))).toBe(`{x="y"} | ${text}`);
  });
});
