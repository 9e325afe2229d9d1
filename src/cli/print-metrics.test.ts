import { expect, test } from 'vitest';
import { printMetrics } from './print-metrics.ts';

test('a range query has a sparkline, extremes and the last value of each series', () => {
  const values = [0, 1, 2, 3, 4, 5, 6, 7].map((value, i) => [1768471200 + i, String(value)] as const);
  const printed = printMetrics({ resultType: 'matrix', result: [{ metric: { app: 'x' }, values }] }, 'default');
  expect(printed).toBe('TREND     MIN  MAX  LAST  SERIES\n▁▂▃▄▅▆▇█  0    7    7     {app="x"}\n');
});

test('a long series is averaged to the width of a line', () => {
  const values = Array.from({ length: 1000 }, (_, i) => [i, String(i)] as const);
  const [, line = ''] = printMetrics({ resultType: 'matrix', result: [{ metric: {}, values }] }, 'default').split('\n');
  expect(line).toMatch(/^▁[▁▂▃▄▅▆▇█]{58}█ {2}0 /);
});

test('gaps of NaN and infinity leave a space', () => {
  const values = [
    [1, '1'],
    [2, 'NaN'],
    [3, '2'],
  ] as const;
  expect(printMetrics({ resultType: 'matrix', result: [{ metric: {}, values }] }, 'default')).toContain('▁ █');
});

test('instant vectors, scalars, points and JSON lines', () => {
  const vector = { resultType: 'vector', result: [{ metric: { a: 'b' }, value: [1, '2.5'] }] } as const;
  expect(printMetrics(vector, 'default')).toBe('SERIES   VALUE\n{a="b"}  2.5\n');
  expect(printMetrics(vector, 'raw')).toBe('2.5\n');
  expect(printMetrics(vector, 'jsonl')).toBe('{"metric":{"a":"b"},"value":[1,"2.5"]}\n');
  expect(printMetrics({ resultType: 'scalar', result: [1, '7'] }, 'default')).toBe('7\n');
  const matrix = { resultType: 'matrix', result: [{ metric: { a: 'b' }, values: [[1768471200.5, '3']] }] } as const;
  expect(printMetrics(matrix, 'table')).toBe(
    'TIME                    VALUE  SERIES\n2026-01-15T10:00:00.5Z  3      {a="b"}\n',
  );
});
