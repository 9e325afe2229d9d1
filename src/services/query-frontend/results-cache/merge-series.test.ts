import { expect, test } from 'vitest';
import type { Series } from '../../../../exec/result/query-result.ts';
import { Labels } from '../../../common/labels.ts';
import { hasTwins, mergeSeries, windowOf } from './merge-series.ts';

/** `_` is no value. */
function series(app: string, text: string): Series {
  const cells = text.split(' ');
  return {
    labels: Labels.fromRecord({ app }),
    values: Float64Array.from(cells, (cell) => (cell === '_' ? 0 : Number(cell))),
    present: Uint8Array.from(cells, (cell) => (cell === '_' ? 0 : 1)),
  };
}
const textOf = (all: readonly Series[]) =>
  all.map(
    ({ labels, values, present }) =>
      `${labels.get('app')}: ${[...values].map((value, i) => (present[i] === 1 ? value : '_')).join(' ')}`,
  );

test('each step comes from the source that is asked for it', () => {
  const merged = mergeSeries({ first: 10, last: 15 }, [
    {
      window: { first: 8, last: 13 },
      series: [series('b', '1 2 3 4 5 6')],
      wanted: [
        { first: 10, last: 10 },
        { first: 12, last: 13 },
      ],
    },
    {
      window: { first: 11, last: 11 },
      series: [series('a', '7'), series('b', '8')],
      wanted: [{ first: 11, last: 11 }],
    },
  ]);
  expect(textOf(merged)).toEqual(['a: _ 7 _ _ _ _', 'b: 3 8 5 6 _ _']);
});

test('a series without a value in what is wanted is not there', () => {
  const merged = mergeSeries({ first: 0, last: 2 }, [
    {
      window: { first: 0, last: 4 },
      series: [series('a', '_ 1 _ _ 2'), series('b', '_ _ _ 3 4')],
      wanted: [{ first: 0, last: 2 }],
    },
  ]);
  expect(textOf(merged)).toEqual(['a: _ 1 _']);
});

test('windows of grids; twins', () => {
  expect(windowOf({ startNs: 60n, endNs: 185n, stepNs: 60n })).toEqual({ first: 1, last: 3 });
  expect(hasTwins([series('a', '1'), series('b', '1')])).toBe(false);
  expect(hasTwins([series('a', '1'), series('b', '1'), series('a', '2')])).toBe(true);
});
