import { expect, test } from 'vitest';
import { parseQuery } from './parse.ts';
import { print } from './print.ts';
import { comparisonsOf, hasMoreNodes, isMetricExpr, logExprsOf, logRangesOf, transformMetric, walk } from './visit.ts';

const query = parseQuery('sum(rate({a="b"} | x=1, y=2 [1m])) / label_replace(rate({c="d"}[5m]),"","","","")');

test('a walk meets children before parents and left before right', () => {
  const kinds: string[] = [];
  walk(parseQuery('rate({a="b"} |= "x" | p=1 or q=2 [1m]) + 1'), (node) => kinds.push(node.kind));
  expect(kinds.join(' ')).toBe(
    'Selector LineFilter NumberComparison NumberComparison Or LabelFilter LogExpr LogRange RangeAggregation ' +
      'NumberLiteral BinaryOp',
  );
});

test('log queries and ranges in order', () => {
  expect(logExprsOf(query).map(print)).toEqual(['{a="b"} | ( x==1 , y==2 )', '{c="d"}']);
  expect(logRangesOf(query).map((range) => range.intervalNs)).toEqual([60_000_000_000n, 300_000_000_000n]);
});

test('comparisons in order', () => {
  const [first] = logExprsOf(query);
  const filter = first?.stages[0];
  if (filter?.kind !== 'LabelFilter') expect.unreachable();
  else
    expect(comparisonsOf(filter.predicate).map((item) => item.kind)).toEqual(['NumberComparison', 'NumberComparison']);
});

test('a transformation replaces children first', () => {
  if (!isMetricExpr(query)) expect.unreachable();
  else {
    const seen: string[] = [];
    const same = transformMetric(query, (expr) => {
      seen.push(expr.kind);
      return expr.kind === 'LabelReplace' ? expr.input : expr;
    });
    expect(seen).toEqual(['RangeAggregation', 'VectorAggregation', 'RangeAggregation', 'LabelReplace', 'BinaryOp']);
    expect(print(same)).toBe('(sum(rate({a="b"} | ( x==1 , y==2 )[1m])) / rate({c="d"}[5m]))');
  }
});

test('counting stops at the limit', () => {
  expect(hasMoreNodes(query, 5)).toBe(true);
  expect(hasMoreNodes(query, 100)).toBe(false);
});
