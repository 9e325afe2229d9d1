import { describe, expect, test } from 'vitest';
import { after, refuses } from '../testing/plans.ts';
import { pushDownLineFilter } from './push-down-line-filter.ts';

describe('PushDownLineFilter', () => {
  test('over parsers, label stages and label filters', () => {
    expect(after('{a="b"} |= "x" | json | c>5 |~ "y.+" | drop e', pushDownLineFilter)).toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── Drop e
          └── Filter c>5
              └── Parse json immediate=[c>5]
                  └── Scan matchers={a="b"} line=[contains "x", matches "y.+"]
      "
    `);
  });

  test('also in metric queries', () => {
    expect(after('rate({a="b"} | logfmt | c="d" != "x" [1m])', pushDownLineFilter)).toMatchInlineSnapshot(`
      "
      RangeAggregation rate range=1m
      └── Filter c="d"
          └── Parse logfmt
              └── Scan matchers={a="b"} range=[3540.000000001s,7200.000000001s) line=[not contains "x"]
      "
    `);
  });

  test.each([
    '| line_format "{{.c}}" |= "x"',
    '| unpack |= "x"',
    // The filter is behind decolorize: a label filter keeps it from moving to the front as in Loki.
    '| decolorize | c="d" |= "x"',
    '| c="d"',
  ])('refuses %s', (stages) => {
    expect(refuses(pushDownLineFilter, `{a="b"} ${stages}`)).toBe(true);
  });

  test('takes what is in front of a format and leaves the rest', () => {
    expect(after('{a="b"} |= "x" | line_format "{{.c}}" |= "y"', pushDownLineFilter)).toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── Filter line contains "y"
          └── Format line "{{.c}}"
              └── Scan matchers={a="b"} line=[contains "x"]
      "
    `);
  });
});
