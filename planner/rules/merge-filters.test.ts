import { describe, expect, test } from 'vitest';
import { after, refuses } from '../testing/plans.ts';
import { mergeFilters } from './merge-filters.ts';
import { pushDownLineFilter } from './push-down-line-filter.ts';

const lines = (query: string): string | undefined =>
  / line=\[.*?\]/.exec(after(query, mergeFilters, pushDownLineFilter))?.[0].trim();

describe('MergeFilters', () => {
  test.each([
    ['|= "error: x" |= "error"', 'line=[contains "error: x"]'],
    ['|= "error" |= "error: x"', 'line=[contains "error: x"]'],
    ['|= "e" |= "e" |= "e"', 'line=[contains "e"]'],
    ['!= "error" != "error: x"', 'line=[not contains "error"]'],
    ['|~ "a+" |~ "a+"', 'line=[matches "a+"]'],
    ['|= "a" or "b" |= "a" or "b"', 'line=[contains "a" or "b"]'],
    ['|= "abc" |= "bc" |= "c" != "x" != "xy"', 'line=[contains "abc", not contains "x"]'],
  ])('%s leaves %s', (stages, expected) => {
    expect(lines(`{a="b"} ${stages}`)).toBe(expected);
  });

  test('over stages that leave the line alone', () => {
    expect(after('{a="b"} |= "x" | c="d" |= "xy"', mergeFilters)).toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── Filter line contains "xy"
          └── Filter c="d"
              └── Scan matchers={a="b"}
      "
    `);
  });

  test.each([
    '|= "a" != "a"',
    '|= "a" |= "b"',
    '|= "a" or "b" |= "a"',
    '|~ "ab" |~ "a"',
    '|= "x" | line_format "{{.y}}" |= "x"',
    '|= ip("::1") |= "::1"',
  ])('refuses %s', (stages) => {
    expect(refuses(mergeFilters, `{a="b"} ${stages}`)).toBe(true);
  });
});
