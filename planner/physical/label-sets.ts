import { type LabelPair, Labels } from '../../src/common/labels.ts';

/** Label sets as one JSON value. Sets of a query mostly have the same names, which are written once. */
export interface PackedLabelSets {
  /** Lists of names. */
  readonly shapes: readonly (readonly string[])[];
  /** Number of the list of each set. */
  readonly shape: readonly number[];
  /** Values of all sets, one after another. */
  readonly values: readonly string[];
}

export function packLabelSets(sets: readonly Labels[]): PackedLabelSets {
  const numbers = new Map<string, number>();
  const shapes: string[][] = [];
  const shape: number[] = [];
  const values: string[] = [];
  let last = -1;
  for (const [i, set] of sets.entries()) {
    if (i === 0 || !set.hasSameNames(sets[i - 1])) {
      const names = set.pairs.map(([name]) => name);
      const key = JSON.stringify(names);
      last = numbers.get(key) ?? shapes.push(names) - 1;
      numbers.set(key, last);
    }
    shape.push(last);
    for (const pair of set.pairs) values.push(pair[1]);
  }
  return { shapes, shape, values };
}

export function unpackLabelSets({ shapes, shape, values }: PackedLabelSets): Labels[] {
  let at = 0;
  return shape.map((number) => {
    const names = shapes[number];
    const pairs: LabelPair[] = [];
    for (const name of names) pairs.push([name, values[at++]]);
    return Labels.fromSorted(pairs);
  });
}
