import { describe, expect, test } from 'vitest';
import { after, refuses } from '../testing/plans.ts';
import { pushDownLineFilter } from './push-down-line-filter.ts';
import { pushDownMetadataFilter } from './push-down-metadata-filter.ts';

describe('PushDownMetadataFilter', () => {
  test('filters in front of all parsers', () => {
    expect(after('{a="b"} | region="eu" | took>1s or c=~"d.*" | json | level="x"', pushDownMetadataFilter))
      .toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── Filter level="x"
          └── Parse json
              └── Scan matchers={a="b"} labels=[region="eu", (took>1s or c=~"d.*")]
      "
    `);
  });

  test('with line filters, in the order of evaluation', () => {
    const rules = [pushDownMetadataFilter, pushDownLineFilter];
    expect(after('{a="b"} | region="eu" |= "x" | took>1s', ...rules)).toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── Scan matchers={a="b"} labels=[region="eu", took>1s] line=[contains "x"]
      "
    `);
    expect(after('{a="b"} | region="eu" |= "x" | took>1s', ...rules.toReversed())).toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── Scan matchers={a="b"} line=[contains "x"] labels=[region="eu", took>1s]
      "
    `);
  });

  test.each([
    '| json | c="d"',
    '| label_format c=d | c="d"',
    '| drop x | c="d"',
    '| line_format "x" | c="d"',
    '|= "x"',
  ])('refuses %s', (stages) => {
    expect(refuses(pushDownMetadataFilter, `{a="b"} ${stages}`)).toBe(true);
  });
});
