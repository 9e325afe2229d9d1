import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortRun } from './sort-run.ts';

test('sorts a span as a stable sort does, and touches nothing else', () => {
  const key = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.double({ noNaN: true }));
  const keys = fc.oneof(
    fc.array(key, { maxLength: 400 }),
    // Almost in order: what arrives over several connections.
    fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 400 }).map((jitter) => jitter.map((by, i) => i + by)),
  );
  fc.assert(
    fc.property(keys, fc.nat(20), fc.nat(20), (values, skipped, left) => {
      const start = Math.min(skipped, values.length);
      const end = Math.max(start, values.length - left);
      const sortedKeys = Float64Array.from(values);
      const items = Uint32Array.from(values, (_, i) => i);
      const scratch = { keys: new Float64Array(values.length), items: new Uint32Array(values.length) };
      sortRun(sortedKeys, items, start, end, scratch);
      const plain = values.map((value, i) => ({ value, i }));
      const expected = [
        ...plain.slice(0, start),
        ...plain.slice(start, end).sort((a, b) => a.value - b.value),
        ...plain.slice(end),
      ];
      expect([...items]).toEqual(expected.map(({ i }) => i));
      expect([...sortedKeys]).toEqual(expected.map(({ value }) => value));
    }),
    { numRuns: 500 },
  );
});
