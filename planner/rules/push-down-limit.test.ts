import { describe, expect, test } from 'vitest';
import { after, logicalPlan, refuses } from '../testing/plans.ts';
import { pushDownLimit } from './push-down-limit.ts';

describe('PushDownLimit', () => {
  test('below everything that keeps all rows', () => {
    const stages = '| json | line_format "{{.c}}" | decolorize | label_format c=d | drop e | keep f | unpack';
    expect(after(`{a="b"} ${stages}`, pushDownLimit)).toMatchInlineSnapshot(`
      "
      Parse unpack
      └── Keep f
          └── Drop e
              └── Format c=d
                  └── Decolorize
                      └── Format line "{{.c}}"
                          └── Parse json
                              └── TopK sort=timestamp:desc k=10
                                  └── Scan matchers={a="b"}
      "
    `);
  });

  test('down to the last filter', () => {
    expect(after('{a="b"} | json | c="d" | line_format "{{.c}}"', pushDownLimit)).toMatchInlineSnapshot(`
      "
      Format line "{{.c}}"
      └── TopK sort=timestamp:desc k=10
          └── Filter c="d"
              └── Parse json
                  └── Scan matchers={a="b"}
      "
    `);
  });

  test.each([
    '{a="b"}',
    '{a="b"} | json | c="d"',
    '{a="b"} | line_format "x" |= "x"',
    '{a="b"} | c="" | logfmt',
    'rate({a="b"} | json [1m])',
  ])('refuses %s', (query) => {
    expect(refuses(pushDownLimit, query)).toBe(true);
  });

  test('refuses a pipeline under a Sample', () => {
    expect(pushDownLimit.apply(logicalPlan('{a="b"} | json', { intervalNs: 1n }))).toBeNull();
  });
});
