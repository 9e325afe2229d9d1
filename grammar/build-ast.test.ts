import { expect, test } from 'vitest';
import { parseQuery } from './parse.ts';
import { walk } from './visit.ts';

test('every node knows where it stands in the query', () => {
  const text = 'sum by (x) (rate( {a="b"} |= "é" | (p=1 or q!="r") | unwrap bytes(s) [5m] offset 1h )) * 2';
  const found: string[] = [];
  walk(parseQuery(text), ({ kind, range }) => found.push(`${kind}: ${text.slice(range.start, range.end)}`));
  expect(found).toEqual([
    'Selector: {a="b"}',
    'LineFilter: |= "é"',
    'NumberComparison: p=1',
    'StringComparison: q!="r"',
    'Or: p=1 or q!="r"',
    'LabelFilter: | (p=1 or q!="r")',
    'LogExpr: {a="b"} |= "é" | (p=1 or q!="r")',
    'LogRange: {a="b"} |= "é" | (p=1 or q!="r") | unwrap bytes(s) [5m] offset 1h',
    'RangeAggregation: rate( {a="b"} |= "é" | (p=1 or q!="r") | unwrap bytes(s) [5m] offset 1h )',
    'VectorAggregation: sum by (x) (rate( {a="b"} |= "é" | (p=1 or q!="r") | unwrap bytes(s) [5m] offset 1h ))',
    'NumberLiteral: 2',
    `BinaryOp: ${text}`,
  ]);
});

test('a folded constant stands where its operation stood', () => {
  expect(parseQuery(' 1 + 2 * 3 ')).toEqual({ kind: 'NumberLiteral', value: 7, range: { start: 1, end: 10 } });
});

test('values are read once', () => {
  expect(parseQuery('{a="b"} | json x="a[0].b" | pattern "<p>:<_>" | d >= 1h30m, s < 1KiB | x=~`y.*`')).toMatchObject({
    stages: [
      { kind: 'Json', extractions: [{ label: 'x', expression: 'a[0].b', path: ['a', 0, 'b'] }] },
      {
        kind: 'Pattern',
        parts: [
          { kind: 'Capture', name: 'p' },
          { kind: 'Literal', text: ':' },
          { kind: 'Capture', name: null },
        ],
      },
      {
        kind: 'LabelFilter',
        predicate: {
          kind: 'And',
          left: { kind: 'DurationComparison', op: '>=', valueNs: 5_400_000_000_000n },
          right: { kind: 'BytesComparison', op: '<', valueBytes: 1024 },
        },
      },
      { kind: 'LabelFilter', predicate: { kind: 'StringComparison', matcher: { name: 'x', op: '=~', value: 'y.*' } } },
    ],
  });
});
