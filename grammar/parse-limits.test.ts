import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatQuery } from './format.ts';
import { CHAIN_LENGTH_MAX, NESTING_DEPTH_MAX, QUERY_BYTES_MAX, UNIT_RUN_MAX } from './limits.ts';
import { LogQLError } from './logql-error.ts';
import { parseQuery } from './parse.ts';
import { print } from './print.ts';
import { arbitraryExpr } from './testing/arbitrary-expr.ts';
import { arbitraryTokenRow, textOf } from './testing/arbitrary-query-text.ts';

/** The text of the LogQLError, or null; anything else that is thrown fails the test. */
function refusal(text: string): string | null {
  try {
    parseQuery(text);
    return null;
  } catch (error) {
    if (error instanceof LogQLError) return error.message;
    throw error;
  }
}

describe('size', () => {
  const around = (size: number): string => `{a="${'é'.repeat((size - 6) / 2)}"}`;

  test('a query ends below the limit, in bytes', () => {
    expect(Buffer.byteLength(around(QUERY_BYTES_MAX))).toBe(QUERY_BYTES_MAX);
    expect(refusal(around(QUERY_BYTES_MAX - 2))).toBeNull();
    expect(refusal(around(QUERY_BYTES_MAX))).toBe('parse error : input size too long (131072 > 131072)');
  });
});

describe('depth', () => {
  const shapes: Readonly<Record<string, (depth: number) => string>> = {
    parentheses: (n) => `${'('.repeat(n - 1)}vector(1)${')'.repeat(n - 1)}`,
    aggregations: (n) => `${'sum('.repeat(n - 1)}vector(1)${')'.repeat(n - 1)}`,
    filters: (n) => `{a="b"} | ${'('.repeat(n)}x="y"${')'.repeat(n)}`,
    ranges: (n) => `rate(${'('.repeat(n - 2)}{a="b"}[1m]${')'.repeat(n - 2)})`,
    replacements: (n) => `${'label_replace('.repeat(n - 1)}vector(1)${',"","","","")'.repeat(n - 1)}`,
  };

  test.each(Object.entries(shapes))('%s', (_name, shape) => {
    expect(refusal(shape(NESTING_DEPTH_MAX))).toBeNull();
    expect(refusal(shape(NESTING_DEPTH_MAX + 1))).toBe(
      'parse error : expression too deep: it has more than 200 open brackets',
    );
  });

  const chains: Readonly<Record<string, (length: number) => string>> = {
    power: (n) => `vector(1)${'^vector(1)'.repeat(n)}`,
    sum: (n) => `vector(1)${'+vector(1)'.repeat(n)}`,
    numbers: (n) => `1${'^1'.repeat(n)}`,
    'filters with or': (n) => `{a="b"} | x=1${' or x=1'.repeat(n / 2)}`,
    'filters side by side': (n) => `{a="b"} | x=1${' x=1'.repeat(n - 1)}`,
  };

  test.each(Object.entries(chains))('chain: %s', (_name, chain) => {
    const parsed = parseQuery(chain(CHAIN_LENGTH_MAX - 2));
    expect(print(parsed).length).toBeGreaterThan(0);
    expect(formatQuery(chain(CHAIN_LENGTH_MAX - 2)).length).toBeGreaterThan(0);
    expect(refusal(chain(CHAIN_LENGTH_MAX + 2))).toBe(
      'parse error : expression too deep: it has more than 1000 operators in a chain',
    );
  });

  test('a chain of filters does not count against the next stage of another query', () => {
    const filters = (n: number): string => `{a="b"} | x=1${' or x=1'.repeat(n)}`;
    expect(refusal(`rate(${filters(400)} [1m]) + rate(${filters(400)} [1m])`)).toBeNull();
  });
});

describe('long texts end quickly', () => {
  const fill = (text: string): string => text.repeat(Math.floor((QUERY_BYTES_MAX - 100) / text.length));
  const texts: Readonly<Record<string, string>> = {
    parentheses: fill('('),
    braces: fill('{'),
    numbers: fill('1.1'),
    dashes: fill('-'),
    units: `1${fill('m')}`,
    'durations in a row': fill('1m'),
    comments: fill('#\n'),
    blocks: fill('/**/'),
    stages: `{a="b"}${fill('|=""')}`,
    words: fill('sum '),
    'many spaces': `sum${fill(' ')}`,
    matchers: `{a="b"${fill(',a="b"')}}`,
    quotes: fill('"'),
    escapes: `{a="${fill('\\n')}"}`,
    zeros: fill('0'),
    'a large pattern': `{a="b"} | pattern "${fill('<a> ')}"`,
    'adjacent text': `{a="b"} |> "${fill('<_> ')}"`,
    'many labels': `{a="b"} | drop ${fill('a,')}a`,
    'a json path': `{a="b"} | json x="a${fill('.a')}"`,
  };

  test.each(Object.entries(texts))('%s', (_name, text) => {
    // Quadratic work over such a text would run into the test's own time limit.
    expect(refusal(text)).toSatisfy((message) => message === null || String(message).startsWith('parse error'));
  });

  test('a number with a long tail of unit characters is a number and a word', () => {
    expect(refusal(`vector(1${'m'.repeat(UNIT_RUN_MAX + 1)})`)).toBe(
      'parse error at line 1, col 9: syntax error: unexpected IDENTIFIER, expecting )',
    );
  });
});

describe('whatever the text, only LogQLError is thrown', () => {
  test('rows of tokens', () => {
    fc.assert(
      fc.property(arbitraryTokenRow, (tokens) => {
        refusal(textOf(tokens));
      }),
      { numRuns: 2000 },
    );
  });

  test('any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        refusal(text);
      }),
      { numRuns: 2000 },
    );
  });

  test('queries with characters taken out, put in or doubled', () => {
    const edit = fc.tuple(fc.nat(), fc.nat({ max: 4 }), fc.string({ unit: 'binary', maxLength: 3 }));
    fc.assert(
      fc.property(arbitraryExpr(), fc.array(edit, { minLength: 1, maxLength: 3 }), (expr, edits) => {
        let text = print(expr);
        for (const [where, removed, inserted] of edits) {
          const at = where % (text.length + 1);
          text = text.slice(0, at) + inserted + text.slice(at + removed);
        }
        refusal(text);
      }),
      { numRuns: 1500 },
    );
  });
});
