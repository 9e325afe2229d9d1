import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../../common/labels.ts';
import { encodeWriteRequest, type WriteSample } from './write-request.ts';

/** Fields of a protobuf message, read as plainly as can be: number, then bytes, a double's bits or a varint. */
function fieldsOf(bytes: Buffer): [number, Buffer | bigint][] {
  const fields: [number, Buffer | bigint][] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    if (tag % 8 === 0) fields.push([tag >> 3, varint()]);
    else if (tag % 8 === 1) {
      fields.push([tag >> 3, bytes.readBigUInt64LE(at)]);
      at += 8;
    } else {
      const length = Number(varint());
      fields.push([tag >> 3, bytes.subarray(at, at + length)]);
      at += length;
    }
  }
  return fields;
}

/** Series as text: labels, the bits of the value, the time. */
function decode(bytes: Uint8Array): unknown[] {
  return fieldsOf(Buffer.from(bytes)).map(([number, series]) => {
    expect(number).toBe(1);
    const parts = fieldsOf(series as Buffer);
    const labels = parts
      .filter(([part]) => part === 1)
      .map(([, pair]) => fieldsOf(pair as Buffer).map(([, text]) => String(text)));
    const samples = parts.filter(([part]) => part === 2).map(([, sample]) => fieldsOf(sample as Buffer));
    return { labels, samples };
  });
}

const bitsOf = (value: number): bigint => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes.readBigUInt64LE();
};

const expected = ({ labels, value, timestampMs }: WriteSample): unknown => ({
  labels: labels.pairs.map(([name, text]) => [name, text]),
  samples: [
    [
      [1, value === null ? 0x7ff0000000000002n : bitsOf(value)],
      [2, BigInt(timestampMs)],
    ],
  ],
});

const samples = fc.array(
  fc.record({
    labels: fc
      .dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ maxLength: 300, unit: 'grapheme' }))
      .map(Labels.fromRecord),
    value: fc.option(fc.double()),
    timestampMs: fc.nat({ max: 2 ** 53 - 1 }),
  }),
);

test('what is encoded is what was given', () => {
  fc.assert(
    fc.property(samples, (given) => {
      expect(decode(encodeWriteRequest(given))).toEqual(given.map(expected));
    }),
  );
});

test('requests one after another are one', () => {
  fc.assert(
    fc.property(samples, samples, (first, second) => {
      const joined = Buffer.concat([encodeWriteRequest(first), encodeWriteRequest(second)]);
      expect(joined.equals(encodeWriteRequest([...first, ...second]))).toBe(true);
    }),
  );
});
