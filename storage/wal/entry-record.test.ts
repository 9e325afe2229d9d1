import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { must } from '../../src/common/assert.ts';
import type { EntryBatch } from '../head/entry-batch.ts';
import { batchOf, entriesOf, entryText } from '../head/testing/entries.ts';
import type { Entry } from '../head/testing/entries.ts';
import { decodeEntries, encodeEntries } from './entry-record.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const name = fc.constantFrom('app', 'env', 'pod', 'ünï');
const entry: fc.Arbitrary<Entry> = fc.record(
  {
    labels: fc.dictionary(name, text, { maxKeys: 3 }),
    timestamp: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
    line: text,
    level: fc.constantFrom('info', 'error'),
    metadata: fc.dictionary(fc.constantFrom('trace_id', 'span', 'k'), text, { maxKeys: 2 }),
  },
  { requiredKeys: ['labels', 'timestamp', 'line'] },
);

function payloadOf(tenant: string, batch: EntryBatch): Uint8Array {
  const { parts, byteLength } = encodeEntries(tenant, batch);
  const payload = new Uint8Array(Buffer.concat(parts));
  expect(payload.length).toBe(byteLength);
  return payload;
}

/** The same batch, but every column starts behind something else and ends before something else. */
function embedded(batch: EntryBatch): EntryBatch {
  const shift = (values: Uint32Array, by: number): Uint32Array => Uint32Array.from([...values, 0], (v) => v + by);
  return {
    ...batch,
    lines: new Uint8Array([120, 121, ...batch.lines, 122]),
    lineOffsets: shift(batch.lineOffsets, 2),
    metadataOffsets: shift(batch.metadataOffsets, 1),
    metadataName: Uint32Array.from([0, ...batch.metadataName, 0]),
    metadataValueOffsets: Uint32Array.from([0, ...shift(batch.metadataValueOffsets, 3)]),
    metadataValues: new Uint8Array([1, 2, 3, ...batch.metadataValues, 4]),
  };
}

describe('entries record', () => {
  test('gives back every batch, with its tenant', () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 12 }), text, (entries, tenant) => {
        for (const batch of [batchOf(entries), embedded(batchOf(entries))]) {
          const decoded = decodeEntries(payloadOf(tenant, batch));
          if (typeof decoded === 'string') throw new Error(decoded);
          expect(decoded.tenant).toBe(tenant);
          expect(entriesOf(decoded.batch).map(entryText)).toEqual(entries.map(entryText));
        }
      }),
    );
  });

  test('says what is wrong with a payload that contradicts itself, and never reads outside of it', () => {
    const entries: Entry[] = [
      { labels: { app: 'a' }, timestamp: 1n, line: 'one', level: 'info', metadata: { k: 'v' } },
      { labels: { app: 'b' }, timestamp: 2n, line: 'two' },
    ];
    const good = payloadOf('t', batchOf(entries));
    for (let length = 0; length < good.length; length++) {
      expect(decodeEntries(good.slice(0, length)), `first ${length} bytes`).toBeTypeOf('string');
    }
    for (let offset = 0; offset < good.length; offset++) {
      const bad = good.slice();
      bad[offset] = must(bad[offset]) ^ 0xff;
      const decoded = decodeEntries(bad);
      // What the counts cannot tell is left to the checksum; it must only be readable.
      if (typeof decoded !== 'string') expect(entriesOf(decoded.batch)).toHaveLength(2);
    }
  });
});
