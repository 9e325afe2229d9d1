import { describe, expect, test } from 'vitest';
import { logicalPlan, PARAMS, text } from '../testing/plans.ts';
import type { QueryParams } from '../logical/query-params.ts';
import { DEFAULT_RULES } from './default-rules.ts';
import { optimize } from './optimizer.ts';

/** What is loaded by the scan, and after the TopK. */
function columns(query: string, params: Partial<QueryParams> = {}): string {
  const plan = optimize(logicalPlan(query, params), { rules: DEFAULT_RULES }).plan;
  const printed = text(plan).includes('columns=') ? text(plan) : `${text(plan)} columns=[timestamp, line, metadata]`;
  const scan = /columns=\[timestamp(?:, )?(.*?)\]/.exec(printed)?.[1] ?? '';
  const late = /late=\[(.*?)\]/.exec(printed)?.[1];
  return late === undefined ? scan : `${scan} late ${late}`;
}

describe('PushDownProjection', () => {
  test.each([
    // Metric queries.
    ['sum by (app) (count_over_time({a="b"}[1m]))', 'metadata.app'],
    ['sum(count_over_time({a="b"}[1m]))', ''],
    ['count_over_time({a="b"}[1m])', 'metadata'],
    ['sum without (pod) (rate({a="b"}[1m]))', 'metadata'],
    ['avg by (app) (rate({a="b"}[1m]))', 'metadata'],
    ['sum(bytes_rate({a="b"}[1m]))', 'line'],
    ['sum(rate({a="b"} |= "x" [1m]))', ''],
    ['sum(rate({a="b"} | json [1m]))', ''],
    ['sum by (level) (rate({a="b"} | json [1m]))', 'line, metadata.level'],
    ['sum by (x_extracted) (rate({a="b"} | json [1m]))', 'line, metadata.x, metadata.x_extracted'],
    ['max_over_time({a="b"} | unwrap took | c="d" [1m]) by (app)', 'metadata.app, metadata.c, metadata.took'],
    ['sum(rate({a="b"} | json | __error__="" [1m]))', 'line'],
    ['absent_over_time({a="b"} | region="eu" [1m])', ''],
    // Log queries.
    ['{a="b"}', ' late line, metadata'],
    ['{a="b"} |= "x" | region="eu"', ' late line, metadata'],
    ['{a="b"} | json | line_format "{{.c}}"', ' late line, metadata'],
    ['{a="b"} | keep region', ' late line, metadata.region'],
    ['{a="b"} | json | c="d"', 'line, metadata'],
    ['{a="b"} | json | c="d" | keep e', 'line, metadata.c, metadata.e'],
    // What the parser above the limit does not set depends on what the one below it has set.
    ['{a="b"} | json | keep e | __error__="" | json', 'line, metadata'],
    ['{a="b"} | line_format "{{.c}}" |= "x"', 'line, metadata.c late metadata'],
    ['{a="b"} | line_format "{{.c}}" | d="x"', 'line, metadata.c, metadata.d late metadata'],
    ['{a="b"} | decolorize | c="d" |= "x"', 'line late metadata'],
  ])('%s', (query, expected) => {
    expect(columns(query)).toBe(expected);
  });

  test('nothing is late under a Sample', () => {
    expect(columns('{a="b"} | keep region', { ...PARAMS, intervalNs: 5n })).toBe('line, metadata.region');
  });
});
