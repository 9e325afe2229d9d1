import { describe, expect, test } from 'vitest';
import { after, refuses } from '../testing/plans.ts';
import { pushDownLineFilter } from './push-down-line-filter.ts';
import { pushDownMetadataFilter } from './push-down-metadata-filter.ts';
import { reorderFilters } from './reorder-filters.ts';

const scan = (stages: string): string =>
  after(`{a="b"} ${stages}`, pushDownLineFilter, pushDownMetadataFilter, reorderFilters).replace(
    /^[^]*{a="b"} |\n$/g,
    '',
  );

describe('ReorderFilters', () => {
  test('labels, substrings, patterns, addresses, regular expressions', () => {
    expect(scan('|~ "r+" |= ip("::1") |> "<_>p" != "n" |= "c" | k=~"x.+" | k="v"')).toMatchInlineSnapshot(
      `"labels=[k="v", k=~"x.+"] line=[contains "c", not contains "n", like "<_>p", contains ip("::1"), matches "r+"]"`,
    );
  });

  test('equal costs keep their order', () => {
    expect(scan('|= "b" |= "a" | z="1" | y="2"')).toBe('labels=[z="1", y="2"] line=[contains "b", contains "a"]');
  });

  test('filters that touch errors keep their order among each other', () => {
    // ip() costs more than a number, and a comparison with __error__ less.
    expect(scan('| i=ip("::1") | n>5 | __error__="" | s=~"x.+"')).toBe(
      'labels=[s=~"x.+", i=ip("::1"), n>5, __error__=""]',
    );
    expect(scan('| n>5 | __error__="" | s="x"')).toBe('labels=[s="x", n>5, __error__=""]');
  });

  test('in pipelines within a run of filters', () => {
    expect(after('{a="b"} | json | k=~"x.+" | k="v" | logfmt | n>5 | m="v"', reorderFilters)).toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── Filter n>5
          └── Filter m="v"
              └── Parse logfmt
                  └── Filter k=~"x.+"
                      └── Filter k="v"
                          └── Parse json immediate=[n>5]
                              └── Scan matchers={a="b"}
      "
    `);
  });

  test.each(['|= "c" |~ "r+"', '| json | k="v" | n>5', '| n>5 | __error__=""', '| k=~"x.+" | json | k="v"'])(
    'refuses %s',
    (stages) => {
      expect(refuses(reorderFilters, `{a="b"} ${stages}`)).toBe(true);
    },
  );
});
