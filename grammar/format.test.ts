import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatQuery } from './format.ts';
import { parseQuery } from './parse.ts';
import { print } from './print.ts';
import { arbitraryExpr } from './testing/arbitrary-expr.ts';

const SELECTOR = '{app="nginx", env="prod", cluster="c1", namespace="default"}';

describe('formatQuery', () => {
  test('a short query is one line', () => {
    expect(formatQuery('sum by(app)(rate({app="nginx"}[5m]))')).toBe('sum by (app)(rate({app="nginx"}[5m]))');
  });

  test('a long query is broken as Loki breaks it', () => {
    const query =
      'sum by(app)(rate({app="nginx",env="prod",cluster="c1",namespace="default"}' +
      '|="error"|json|status>=500|line_format "{{.msg}}"[5m]))';
    expect(formatQuery(query)).toBe(
      [
        'sum by (app)(',
        '  rate(',
        `    ${SELECTOR}`,
        '      |= "error"',
        '      | json',
        '      | status>=500',
        '      | line_format "{{.msg}}" [5m]',
        '  )',
        ')',
      ].join('\n'),
    );
  });

  test('100 characters stay on one line, 101 do not', () => {
    const query = (length: number): string => `{app="${'x'.repeat(length - 8)}"}`;
    const line = `${query(95)} |= ""`;
    expect(line).toHaveLength(101);
    expect(formatQuery(line)).toBe(`${query(95)}\n  |= ""`);
    const shorter = `${query(94)} |= ""`;
    expect(shorter).toHaveLength(100);
    expect(formatQuery(shorter)).toBe(shorter);
  });

  test('a parameter and a grouping', () => {
    const query = `quantile_over_time(0.99, ${SELECTOR} | json | unwrap duration(latency) | __error__="" [5m]) by (app)`;
    expect(formatQuery(query)).toBe(
      [
        'quantile_over_time(',
        '  0.99,',
        `  ${SELECTOR} | json`,
        '    | unwrap duration(latency) | __error__="" [5m]',
        ') by (app)',
      ].join('\n'),
    );
  });

  test('operands of a long operation keep their grouping', () => {
    const rate = (word: string): string => `sum(rate(${SELECTOR} |= "${word}"[5m]))`;
    const [a, b, c] = ['a', 'b', 'c'].map(rate) as [string, string, string];
    expect(formatQuery(`(${a} + ${b}) / ${c}`)).toBe(
      ['  (', `      ${a}`, '    +', `      ${b}`, '  )', '/', `  ${c}`].join('\n'),
    );
    expect(formatQuery(`${a} - ${b} - ${c}`)).toBe([`  ${a}`, '-', `  ${b}`, '-', `  ${c}`].join('\n'));
    expect(formatQuery(`${a} - (${b} - ${c})`)).toBe(
      [`  ${a}`, '-', '  (', `      ${b}`, '    -', `      ${c}`, '  )'].join('\n'),
    );
  });

  test('a stage that cannot run is formatted all the same', () => {
    expect(formatQuery('{a="b"}|~"["')).toBe('{a="b"} |~ "["');
  });

  test('the formatted text is the same query', () => {
    fc.assert(
      fc.property(arbitraryExpr(), (expr) => {
        const text = formatQuery(print(expr));
        expect(print(parseQuery(text))).toBe(print(expr));
        expect(formatQuery(text)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});
