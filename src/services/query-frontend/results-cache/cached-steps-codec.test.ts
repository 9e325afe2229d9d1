import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../../common/labels.ts';
import type { CachedSteps } from './cached-steps.ts';
import { type Compression, decodeCachedSteps, encodeCachedSteps } from './cached-steps-codec.ts';

const STEPS = 5;
const compression = fc.constantFrom<Compression>('', 'snappy');
const series = fc.record({
  labels: fc.dictionary(fc.string({ minLength: 1 }), fc.string()).map(Labels.fromRecord),
  values: fc.array(fc.double(), { minLength: STEPS, maxLength: STEPS }).map((values) => Float64Array.from(values)),
  present: fc
    .array(fc.constantFrom(0, 1), { minLength: STEPS, maxLength: STEPS })
    .map((values) => Uint8Array.from(values)),
});
const entries: fc.Arbitrary<CachedSteps> = fc.record({
  stamp: fc.record({ process: fc.string(), moment: fc.nat(), committed: fc.option(fc.string()) }),
  window: fc.nat().map((first) => ({ first, last: first + STEPS - 1 })),
  known: fc.array(fc.record({ first: fc.nat(), last: fc.nat() })),
  series: fc.array(series),
});

function plain(entry: CachedSteps | null): unknown {
  return (
    entry && {
      ...entry,
      series: entry.series.map((one) => [one.labels.key, [...one.values], [...one.present]]),
    }
  );
}

test('what was written is read, wherever its bytes lie', () => {
  fc.assert(
    fc.property(entries, compression, fc.nat(9), (entry, how, offset) => {
      const encoded = encodeCachedSteps(entry, how);
      expect(plain(decodeCachedSteps(encoded, how))).toEqual(plain(entry));
      // As a client of Redis hands it out: a Buffer in the middle of a larger one.
      const inside = Buffer.alloc(encoded.length + 20);
      inside.set(encoded, offset);
      const part = inside.subarray(offset, offset + encoded.length);
      expect(plain(decodeCachedSteps(part, how))).toEqual(plain(entry));
    }),
  );
});

test('damaged bytes are no entry: cut at every byte, each byte changed', () => {
  const entry: CachedSteps = {
    stamp: { process: 'p', moment: 7, committed: null },
    window: { first: 0, last: 1 },
    known: [{ first: 0, last: 1 }],
    series: [{ labels: Labels.fromRecord({ a: 'b' }), values: Float64Array.of(1, 2), present: Uint8Array.of(1, 1) }],
  };
  for (const how of ['', 'snappy'] as const) {
    const encoded = encodeCachedSteps(entry, how);
    for (let i = 0; i < encoded.length; i++) {
      expect(decodeCachedSteps(encoded.subarray(0, i), how)).toBeNull();
      const changed = encoded.slice();
      changed[i] ^= 1;
      expect(decodeCachedSteps(changed, how)).toBeNull();
    }
  }
  // The other compression, as after a change of the configuration.
  expect(decodeCachedSteps(encodeCachedSteps(entry, ''), 'snappy')).toBeNull();
  expect(decodeCachedSteps(encodeCachedSteps(entry, 'snappy'), '')).toBeNull();
});
