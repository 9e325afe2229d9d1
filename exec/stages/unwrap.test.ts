import { describe, expect, test } from 'vitest';
import type { Unwrap } from '../../planner/ir/stage.ts';
import { batchOfRows, labelsOf } from './testing/lines-batch.ts';
import { compileUnwrap } from './unwrap.ts';

function run(unwrap: Partial<Unwrap>, values: readonly (string | null)[]) {
  const batch = batchOfRows(values.map((value) => ({ line: '', metadata: value === null ? {} : { x: value } })));
  const samples = compileUnwrap({ label: 'x', conversion: null, postFilters: [], ...unwrap }).apply(batch);
  const rows = [...batch.selection.subarray(0, batch.selectedCount)];
  return { samples: rows.map((row) => [row, samples[row]]), labels: labelsOf(batch) };
}

describe('unwrap', () => {
  test('rows without the label or with an empty one are skipped (fact 152)', () => {
    expect(run({}, ['1.5', null, '', '2e3', '-Inf', 'nan']).samples).toEqual([
      [0, 1.5],
      [3, 2000],
      [4, -Infinity],
      [5, NaN],
    ]);
  });

  test('durations are seconds, sizes bytes (fact 154)', () => {
    const durations = ['1.5s', '250us', '2m3s', '1h0.000000001s'];
    const seconds = [1.5, 0.00025, 123, 3600 + 1e-9];
    expect(run({ conversion: 'duration' }, durations).samples.map(([, value]) => value)).toEqual(seconds);
    expect(run({ conversion: 'duration_seconds' }, durations).samples.map(([, value]) => value)).toEqual(seconds);
    expect(run({ conversion: 'bytes' }, ['1.5MB', '2KiB', '7']).samples.map(([, value]) => value)).toEqual([
      1_500_000, 2048, 7,
    ]);
  });

  test('a value that cannot be converted is 0 with an error (fact 153)', () => {
    const { samples, labels } = run({ conversion: 'duration' }, ['fast']);
    expect(samples).toEqual([[0, 0]]);
    expect(labels).toEqual([
      { __error__: 'SampleExtractionErr', __error_details__: 'time: invalid duration "fast"', x: 'fast' },
    ]);
  });

  test('post filters run after the conversion (fact 155)', () => {
    const noError = { kind: 'String', matcher: { name: '__error__', op: '=', value: '' } } as const;
    const big = { kind: 'Number', name: 'x', op: '>', value: 1 } as const;
    expect(run({ postFilters: [noError, big] }, ['bad', '1', '2']).samples).toEqual([[2, 2]]);
  });
});
