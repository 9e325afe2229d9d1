import { describe, expect, test } from 'vitest';
import { after, refuses } from '../testing/plans.ts';
import { eliminateNoopFilter } from './eliminate-noop-filter.ts';

describe('EliminateNoopFilter', () => {
  test('filters that every row passes go', () => {
    expect(after('{a="b"} |= "" |~ "" |~ ".*" |~ "(?s).*" | json | c=~".*"', eliminateNoopFilter))
      .toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── Parse json
          └── Scan matchers={a="b"}
      "
    `);
  });

  test.each(['!= ""', '!~ ".*"', '|~ ".+"', '|> ""', '| c!~".*"', '| c=~".+"', '| c=""'])('refuses %s', (stage) => {
    expect(refuses(eliminateNoopFilter, `{a="b"} ${stage}`)).toBe(true);
  });
});
