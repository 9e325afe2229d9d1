import { expect, test } from 'vitest';
import { Labels } from '../../common/labels.ts';
import { detectLabels } from './detected-labels.ts';

test('labels of identifiers are left out, but for those that are always shown', () => {
  const uuid = '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed';
  const streams = [
    { app: 'a', pod: '17', id: uuid, port: '8080', flag: '0', mixed: '1.5' },
    { app: 'b', pod: '18', id: uuid.toUpperCase(), port: '8081', flag: '1', mixed: 'x' },
  ].map(Labels.fromRecord);
  expect(Object.fromEntries(detectLabels(streams).map(({ label, cardinality }) => [label, cardinality]))).toEqual({
    app: 2,
    pod: 2,
    flag: 2,
    mixed: 2,
  });
  expect(detectLabels([])).toEqual([]);
});
