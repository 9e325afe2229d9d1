import { describe, expect, test } from 'vitest';
import { Labels } from '../../common/labels.ts';
import type { LogResult, MetricResult } from '../../../exec/result/query-result.ts';
import { jsonText } from '../../common/go-json.ts';
import { encodeLogResult } from './log-result.ts';
import { encodeMetricResult } from './metric-result.ts';

const statistics = {} as LogResult['statistics'];

test('strings are escaped as Go does (spec fact 25)', () => {
  expect(jsonText('<a href="x">&\u2028é\n')).toBe('"\\u003ca href=\\"x\\"\\u003e\\u0026\\u2028é\\n"');
});

describe('encodeLogResult', () => {
  const row = (timestampNs: bigint, line: string, level: string, parsed: [string, string][] = []) => ({
    timestampNs,
    line,
    stream: [['app', 'x']] as const,
    metadata: [['detected_level', level]] as const,
    parsed,
  });
  const result: LogResult = {
    kind: 'LogResult',
    direction: 'backward',
    rows: [row(3n, 'c', 'warn'), row(2n, 'b', 'info', [['a', '1']]), row(1n, 'a', 'info', [['a', '1']])],
    warnings: [],
    statistics,
  };

  test('groups by final labels, streams sorted, entries in order (facts 20 and 21)', () => {
    expect(JSON.parse(`{${encodeLogResult(result, [])}}`)).toEqual({
      resultType: 'streams',
      result: [
        {
          stream: { a: '1', app: 'x', detected_level: 'info' },
          values: [
            ['2', 'b'],
            ['1', 'a'],
          ],
        },
        { stream: { app: 'x', detected_level: 'warn' }, values: [['3', 'c']] },
      ],
    });
  });

  test('categorize-labels (spec fact 22)', () => {
    expect(JSON.parse(`{${encodeLogResult(result, ['categorize-labels'])}}`)).toEqual({
      resultType: 'streams',
      encodingFlags: ['categorize-labels'],
      result: [
        {
          stream: { app: 'x' },
          values: [
            ['3', 'c', { structuredMetadata: { detected_level: 'warn' } }],
            ['2', 'b', { structuredMetadata: { detected_level: 'info' }, parsed: { a: '1' } }],
            ['1', 'a', { structuredMetadata: { detected_level: 'info' }, parsed: { a: '1' } }],
          ],
        },
      ],
    });
  });
});

describe('encodeMetricResult', () => {
  const result = (overrides: Partial<MetricResult>): MetricResult => ({
    kind: 'MetricResult',
    grid: { startNs: 1_500_000_000n, endNs: 2_500_000_000n, stepNs: 500_000_000n },
    type: 'vector',
    series: [
      {
        labels: Labels.fromRecord({ a: 'b' }),
        values: new Float64Array([1, 2, 1e21]),
        present: new Uint8Array([1, 0, 1]),
      },
    ],
    warnings: [],
    statistics,
    ...overrides,
  });

  test('a matrix has only the steps with a sample', () => {
    expect(encodeMetricResult(result({}), false)).toBe(
      '"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1.5,"1"],[2.5,"1000000000000000000000"]]}]',
    );
  });

  test('a vector; a scalar in milliseconds (spec fact 57)', () => {
    const grid = { startNs: 1_500_000_000n, endNs: 1_500_000_000n, stepNs: 0n };
    expect(encodeMetricResult(result({ grid }), true)).toBe(
      '"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1.5,"1"]}]',
    );
    expect(encodeMetricResult(result({ grid, type: 'scalar' }), true)).toBe(
      '"resultType":"scalar","result":[1500,"1"]',
    );
  });
});
