import { describe, expect, test } from 'vitest';
import { after, refuses } from '../testing/plans.ts';
import { countFromSummaries } from './count-from-summaries.ts';
import { pushDownGrouping } from './push-down-grouping.ts';
import { pushDownLineFilter } from './push-down-line-filter.ts';
import { pushDownMetadataFilter } from './push-down-metadata-filter.ts';
import { pushDownProjection } from './push-down-projection.ts';

describe('CountFromSummaries', () => {
  test.each([
    ['sum(count_over_time({a="b"}[1m]))', 'minutes'],
    ['bytes_rate({a="b"}[5m] offset 30s)', 'minutes'],
    ['absent_over_time({a="b"}[90s])', 'minutes'],
    ['rate({a="b"} | detected_level="error" or detected_level=~"f.*" [1m])', 'minutes'],
    // Borders of windows lie within minutes.
    ['rate({a="b"}[30s])', 'runs'],
  ])('%s', (query, source) => {
    expect(after(query, pushDownMetadataFilter, countFromSummaries)).toContain(` count-from=${source}\n`);
  });

  test('says no more than it did when a label turns out to have two names', () => {
    const query = 'sum by (x_extracted) (count_over_time({a="b"}[1m]))';
    expect(after(query, countFromSummaries)).toContain('count-from');
    expect(after(query, countFromSummaries, pushDownGrouping, pushDownProjection)).not.toContain('count-from');
  });

  test.each([
    '{a="b"}',
    'count_over_time({a="b"} |= "x" [1m])',
    'count_over_time({a="b"} | json [1m])',
    'count_over_time({a="b"} | detected_level="error" | x="y" [1m])',
    'count_over_time({a="b"} | detected_level>3 [1m])',
    'sum_over_time({a="b"} | unwrap v [1m])',
    'rate({a="b"} | unwrap v [1m])',
    'quantile_over_time(0.5, {a="b"} | unwrap v [1m])',
  ])('refuses %s', (query) => {
    expect(refuses(countFromSummaries, query)).toBe(true);
    expect(after(query, pushDownLineFilter, pushDownMetadataFilter, countFromSummaries)).not.toContain('count-from');
  });
});
