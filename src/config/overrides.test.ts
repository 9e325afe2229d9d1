import { describe, expect, test } from 'vitest';
import { limitsSchema, resolveLimits } from './limits.ts';
import { readOverrides } from './overrides.ts';
import { strictestLimits } from './strictest-limits.ts';

const DEFAULTS = resolveLimits(limitsSchema.parse({ max_query_series: 7, query_timeout: '5s' }), true);
const read = (text: string) => readOverrides({ file: 'overrides.yaml', text }, DEFAULTS).overrides;

describe('readOverrides', () => {
  test('what is not overridden is what limits_config says, not a default of Loki', () => {
    const own = read('overrides:\n  a: {max_query_length: 1h, max_line_size: 1KB}').get('a');
    expect(own).toEqual({ ...DEFAULTS, max_query_length: 3_600_000, max_line_size: 1024 });
    expect(own?.max_query_series).toBe(7);
  });

  test.each(['', 'overrides:', 'overrides: {}'])('%j has none', (text) => expect(read(text).size).toBe(0));

  test('a tenant without limits of its own has the common ones', () =>
    expect(read('overrides: {a: }').get('a')).toEqual(DEFAULTS));

  test.each([
    ['overides: {}', 'overrides.yaml:1:1: unknown key "overides"'],
    ['overrides:\n  a:\n    max_query_sries: 1', 'overrides.yaml:3:5: unknown key "overrides.a.max_query_sries"'],
    ['overrides:\n  a:\n    max_query_series: many', 'overrides.yaml:3:5: overrides.a.max_query_series: '],
    ['overrides: {a/b: {}}', "overrides.a/b: tenant ID 'a/b' contains unsupported character '/'"],
    ['overrides: {a: {blocked_queries: [{pattern: "(", regex: true}]}}', 'pattern is not a regular expression'],
    [
      'overrides: {a: {max_line_size: 1, max_line_size_truncate: true, max_line_size_truncate_identifier: xx}}',
      'overrides.a: Cannot truncate lines',
    ],
    ['overrides: [', 'overrides.yaml:1:'],
  ])('%j is refused', (text, message) => expect(() => read(text)).toThrow(message));
});

test('what Loki has and skald has not is ignored, and told', () => {
  const text =
    'overrides:\n  a:\n    max_chunks_per_query: 5\n    max_query_series: 3\nconfigs:\n  a: {log_push_request: true}\n';
  const { overrides, ignored } = readOverrides({ file: 'overrides.yaml', text }, DEFAULTS);
  expect(overrides.get('a')?.max_query_series).toBe(3);
  expect(ignored.map(({ key, place }) => [key, place])).toEqual([
    ['configs', 'overrides.yaml:5:1'],
    ['overrides.a.max_chunks_per_query', 'overrides.yaml:3:5'],
  ]);
  expect(() => read('overrides: {a: {max_chunks_per_query: many}}')).toThrow(
    'a.max_chunks_per_query: expected a number',
  );
});

describe('strictestLimits', () => {
  const limits = (input: object) => resolveLimits(limitsSchema.parse(input), true);

  test('numbers: the smallest that is set', () => {
    const both = strictestLimits(limits({ max_query_series: 9, max_query_range: 0 }), [
      limits({ max_query_series: 3, max_query_range: '1h' }),
      limits({ max_query_series: 0, max_query_range: '2h' }),
    ]);
    expect([both.max_query_series, both.max_query_range]).toEqual([3, 3_600_000]);
  });

  test('what one of them requires or blocks', () => {
    const both = strictestLimits(limits({ required_labels: ['a'], minimum_labels_number: 1 }), [
      limits({ required_labels: ['a', 'b'], minimum_labels_number: 2, volume_enabled: false }),
      limits({ blocked_queries: [{ pattern: 'x' }] }),
    ]);
    expect(both).toMatchObject({ required_labels: ['a', 'b'], minimum_labels_number: 2, volume_enabled: false });
    expect(both.blocked_queries).toHaveLength(1);
  });
});
