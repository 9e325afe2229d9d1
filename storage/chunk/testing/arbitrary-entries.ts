import fc from 'fast-check';
import type { PlainEntry } from './build-cut.ts';

/** 2026-01-15T00:00:00Z */
export const DAY_START = 1768435200000000000n;

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((value) => Buffer.from(value).toString());

/** Random entries: few streams, equal and unordered times over some days, odd characters, empty and long lines. */
export const arbitraryEntries: fc.Arbitrary<PlainEntry[]> = fc.array(
  fc.record(
    {
      labels: fc.oneof(
        fc.record({ app: fc.constantFrom('a', 'b', 'ä€🎉', 'c"\\') }),
        fc.record({ app: fc.constantFrom('a', 'b'), pod: fc.nat(9).map(String) }),
      ),
      timestamp: fc.oneof(
        fc.bigInt(DAY_START, DAY_START + 50n),
        fc.bigInt(DAY_START - 86_400_000_000_000n, DAY_START + 2n * 86_400_000_000_000n),
        fc.constantFrom(0n, -1n, 1n, DAY_START - 1n, 4102444800000000000n),
      ),
      line: fc.oneof(text, fc.constantFrom('', '\n', '\0', '\ufeff', 'x'.repeat(300))),
      level: fc.constantFrom('info', 'error', '', 'ünknown'),
      metadata: fc.dictionary(
        fc.oneof(
          { weight: 4, arbitrary: fc.constantFrom('trace', 'user', 'line', 'a.b') },
          { weight: 1, arbitrary: fc.stringMatching(/^[a-z]{1,2}$/) },
        ),
        text,
        { maxKeys: 4, noNullPrototype: true },
      ),
    },
    { requiredKeys: ['labels', 'timestamp', 'line'] },
  ),
  { minLength: 1, maxLength: 120 },
);
