import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import { labelOrder } from './label-order.ts';

const value = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('a', 'b', '\uffff', '\u{10000}', 'é', ''));
const sameNames = (names: readonly string[]) =>
  fc.array(
    fc.tuple(...names.map(() => value)).map((values) => Labels.from(names.map((name, i) => [name, values[i]]))),
    { maxLength: 40 },
  );
const anyNames = fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value).map(Labels.fromRecord), {
  maxLength: 40,
});

function plainOrder(labels: readonly Labels[]): number[] {
  return Array.from(labels.keys()).sort((a, b) => Labels.compare(labels[a], labels[b]) || a - b);
}

describe('labelOrder', () => {
  test.each([
    ['one name', sameNames(['user_id'])],
    ['two names', sameNames(['a', 'b'])],
    ['other names', anyNames],
  ])('orders sets with %s as Labels.compare does', (_, sets) => {
    fc.assert(
      fc.property(sets, (labels) => {
        expect(labelOrder(labels)).toEqual(plainOrder(labels));
      }),
    );
  });

  test('a surrogate comes after all other characters, as in UTF-8 (fact 183)', () => {
    const labels = ['\u{10000}', '\uffff', 'z'].map((text) => Labels.from([['a', text]]));
    expect(labelOrder(labels)).toEqual([2, 1, 0]);
  });
});
