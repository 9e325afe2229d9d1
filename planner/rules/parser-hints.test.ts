import { describe, expect, test } from 'vitest';
import { after, refuses } from '../testing/plans.ts';
import { parserHints } from './parser-hints.ts';
import { pushDownGrouping } from './push-down-grouping.ts';

describe('ParserHints', () => {
  test('keep says what a log query shows', () => {
    expect(after('{a="b"} | logfmt | pattern "<x> <y>" | y>5 | keep level, x_extracted', parserHints))
      .toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── Keep level, x_extracted
          └── Filter y>5
              └── Parse pattern "<x> <y>" needed=[y, level, x_extracted, x, __error__, __error_details__, __preserve_error__]
                  └── Parse logfmt needed=[y, level, x_extracted, x, __error__, __error_details__, __preserve_error__]
                      └── Scan matchers={a="b"}
      "
    `);
  });

  test('parsers of which nothing is needed go', () => {
    const query = 'sum(rate({a="b"} | regexp "(?P<x>.)" [1m]))';
    expect(after(query, pushDownGrouping, parserHints)).toMatchInlineSnapshot(`
      "
      VectorAggregation sum
      └── RangeAggregation rate range=1m by ()
          └── Scan matchers={a="b"} range=[3540.000000001s,7200.000000001s)
      "
    `);
    expect(refuses(parserHints, query)).toBe(true);
  });

  test('drop and label_format are looked through', () => {
    expect(after('{a="b"} | logfmt | label_format c=d, e="{{.f}}" | drop g | keep c, e', parserHints))
      .toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── Keep c, e
          └── Drop g
              └── Format c=d, e="{{.f}}"
                  └── Parse logfmt needed=[d, f, c, e, __error__, __error_details__, __preserve_error__]
                      └── Scan matchers={a="b"}
      "
    `);
  });

  test.each([
    '{a="b"} | logfmt',
    '{a="b"} | json | keep c',
    'sum by (c) (rate({a="b"} | c="" | logfmt [1m]))',
    '{a="b"} | unpack | keep c',
    '{a="b"} | logfmt --strict | keep c',
    'count_over_time({a="b"} | logfmt [1m])',
    'sum by (c) (rate({a="b"} | logfmt [1m]))',
    '{a="b"} | logfmt | label_format x=`{{ index . "k" }}` | keep x',
  ])('refuses %s', (query) => {
    expect(refuses(parserHints, query)).toBe(true);
  });
});
