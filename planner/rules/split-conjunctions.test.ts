import { describe, expect, test } from 'vitest';
import { after, refuses } from '../testing/plans.ts';
import { splitConjunctions } from './split-conjunctions.ts';

describe('SplitConjunctions', () => {
  test('each condition becomes a filter, in order', () => {
    expect(after('{a="b"} | json | (c="d" and (e>5 or f="g")), h=~"i"', splitConjunctions)).toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── Filter h=~"i"
          └── Filter (e>5 or f="g")
              └── Filter c="d"
                  └── Parse json
                      └── Scan matchers={a="b"}
      "
    `);
  });

  test('refuses or', () => {
    expect(refuses(splitConjunctions, '{a="b"} | json | c="d" or e="f"')).toBe(true);
  });
});
