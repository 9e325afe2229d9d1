import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import { packLabelSets, unpackLabelSets } from './label-sets.ts';

const labels = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.string(), { maxKeys: 3 })
  .map((record) => Labels.fromRecord(record));

test('label sets come back as they were', () => {
  fc.assert(
    fc.property(fc.array(labels), (sets) => {
      const packed = JSON.parse(JSON.stringify(packLabelSets(sets))) as ReturnType<typeof packLabelSets>;
      expect(unpackLabelSets(packed).map(String)).toEqual(sets.map(String));
    }),
  );
});

test('names are written once', () => {
  const sets = ['1', '2'].map((pod) => Labels.fromRecord({ app: 'api', pod }));
  expect(packLabelSets([...sets, Labels.empty])).toEqual({
    shapes: [['app', 'pod'], []],
    shape: [0, 0, 1],
    values: ['api', '1', 'api', '2'],
  });
});
