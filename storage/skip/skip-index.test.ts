import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { must } from '../../src/common/assert.ts';
import { decodeUtf8, encodeUtf8 } from '../../src/common/utf8.ts';
import { compileNeedle, compilePair } from './needle.ts';
import { SkipIndex } from './skip-index.ts';
import { SkipTableBuilder } from './skip-table-builder.ts';
import { buildSkipIndex, toColumn } from './testing/build-skip-index.ts';
import { hashPairName } from './tokens.ts';

function index(...lines: readonly string[]): SkipIndex {
  return buildSkipIndex([lines.map(encodeUtf8)]);
}

/** True when nothing can be decided about the needle at all. */
function mayContain(skip: SkipIndex, needle: string, ignoreCase = false): boolean {
  const compiled = compileNeedle(needle, ignoreCase);
  return compiled === null || skip.mayContain(0, compiled);
}

const HEX = '4bf92f3577b34da6a3ce929d0e0e4736';
const OTHER_HEX = 'deadbeefcafe0000feedface0badf00d';

describe('what is decided', () => {
  test('inner tokens of a needle are there or not', () => {
    const skip = index('GET /api/users 200', 'POST /api/orders 503');
    expect(mayContain(skip, ' /api/users ')).toBe(true);
    expect(mayContain(skip, ' /api/carts ')).toBe(false);
    expect(mayContain(skip, ' /users/')).toBe(false);
  });

  test('an identifier as long as the longest of its kind must be there as a whole', () => {
    const line = (id: string) => `{"level":"info","message":"request completed","trace_id":"${id}"}`;
    const skip = index(line(HEX), line(HEX.replace('4', '5')));
    expect(mayContain(skip, HEX)).toBe(true);
    expect(mayContain(skip, HEX.slice(3, 20))).toBe(true);
    expect(mayContain(skip, OTHER_HEX)).toBe(false);
    expect(mayContain(skip, `"trace_id":"${OTHER_HEX}"`)).toBe(false);
    // Half of it may be the end of one of many others.
    const ids = Array.from({ length: 300 }, (_, i) => line(HEX.slice(3) + String(i).padStart(3, '0')));
    expect(mayContain(index(...ids), OTHER_HEX)).toBe(false);
    expect(mayContain(index(...ids), OTHER_HEX.slice(16))).toBe(true);
  });

  test('longer tokens of other classes do not hide an identifier', () => {
    const skip = index(
      `id=${HEX}`,
      `class=${'Abstract'.repeat(8)}`,
      'attempt_1445144423722_0020_m_000000_0_of_a_long_name',
      `body=${Buffer.from('any text at all that is long enough to be a base64 word').toString('base64')}`,
    );
    expect(mayContain(skip, OTHER_HEX)).toBe(false);
    expect(mayContain(skip, HEX.slice(1))).toBe(true);
    expect(mayContain(skip, '1445144423722')).toBe(true);
    expect(mayContain(skip, '1445144423723')).toBe(false);
  });

  test('a few longer identifiers do not hide a shorter one, many do', () => {
    const sha = (i: number) => `${OTHER_HEX.slice(8)}${String(i).padStart(16, '0')}`;
    const few = index(`id=${HEX}`, ...Array.from({ length: 20 }, (_, i) => `image ${sha(i)}`));
    expect(mayContain(few, OTHER_HEX)).toBe(false);
    expect(mayContain(few, sha(7))).toBe(true);
    expect(mayContain(few, `image ${sha(7)}`)).toBe(true);
    expect(mayContain(few, sha(7).slice(5, 37).toUpperCase(), true)).toBe(true);
    expect(mayContain(few, sha(77))).toBe(false);
    expect(mayContain(few, `=${sha(77).slice(2)}`)).toBe(false);
    const many = index(`id=${HEX}`, ...Array.from({ length: 300 }, (_, i) => `image ${sha(i)}`));
    expect(mayContain(many, OTHER_HEX)).toBe(true);
    expect(mayContain(many, `=${OTHER_HEX}`)).toBe(false);
  });

  test('neighbours tell the parts of a UUID from longer identifiers', () => {
    const skip = index(`id="f81d4fae-7dec-11d0-a765-00a0c91e6bf6" trace=${HEX}`);
    expect(mayContain(skip, 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6')).toBe(true);
    expect(mayContain(skip, 'f81d4fae-7dec-11d0-a765-00a0c91e6bf7')).toBe(false);
    expect(mayContain(skip, 'e81d4fae-7dec')).toBe(false);
  });

  test('letters outside of ASCII are parts of tokens', () => {
    const skip = index('grüße aus köln');
    expect(mayContain(skip, 'grüße')).toBe(true);
    expect(mayContain(skip, 'üß')).toBe(true);
    expect(mayContain(skip, ' aus ')).toBe(true);
    expect(mayContain(skip, ' bei ')).toBe(false);
    expect(mayContain(skip, 'grüsse')).toBe(false);
  });

  test('case does not count, unless letters outside of ASCII may fold to one', () => {
    expect(mayContain(index('an ERROR occurred'), ' error ', true)).toBe(true);
    expect(mayContain(index('an ERROR occurred'), ' exception ', true)).toBe(false);
    expect(mayContain(index('Kelvin is K'), ' okay ', true)).toBe(false);
    expect(mayContain(index('Kelvin is \u212a'), ' okay ', true)).toBe(true);
    expect(mayContain(index(`Kelvin is ${'k'.repeat(40)}\u212a`), ' okay ', true)).toBe(true);
    expect(compileNeedle('grüße', true)).toBeNull();
  });

  test('a needle without tokens of three bytes decides nothing', () => {
    expect(compileNeedle(' -> ', false)).toBeNull();
    expect(compileNeedle('is it a=-1', false)).toBeNull();
    expect(compileNeedle('', false)).toBeNull();
  });

  test('tokens of 255 bytes and more', () => {
    const skip = index('a'.repeat(300), 'b'.repeat(255), 'c'.repeat(254), `${'x'.repeat(2000)}`);
    expect(mayContain(skip, 'a'.repeat(299))).toBe(true);
    expect(mayContain(skip, 'a'.repeat(300))).toBe(true);
    expect(mayContain(skip, 'b'.repeat(255))).toBe(true);
    expect(mayContain(skip, ` ${'d'.repeat(256)} `)).toBe(false);
  });

  test('pairs of structured metadata', () => {
    const builder = new SkipTableBuilder();
    const value = encodeUtf8(HEX);
    builder.addPair(hashPairName(encodeUtf8('trace_id')), value, 0, value.length);
    builder.endGroup(Infinity);
    const filled = new SkipIndex(must(builder.finish()));
    expect(filled.mayHavePair(0, compilePair('trace_id', HEX))).toBe(true);
    expect(filled.mayHavePair(0, compilePair('trace_id', OTHER_HEX))).toBe(false);
    expect(filled.mayHavePair(0, compilePair('span_id', HEX))).toBe(false);
    expect(filled.mayContain(0, must(compileNeedle(HEX, false)))).toBe(false);
  });
});

describe('size', () => {
  test('a row group gets no filter when there is no room for one', () => {
    const lines = Array.from({ length: 1000 }, (_, i) => encodeUtf8(`line ${i * 7919}`));
    const [small, all] = [1500, Infinity].map((bytesMax) => buildSkipIndex([lines], bytesMax));
    // Offsets have one item more than there are row groups.
    expect(small.sizeBytes).toBeLessThanOrEqual(1500 + 8);
    expect(small.table.words.length).toBeGreaterThan(0);
    expect(all.table.words.length).toBe(Math.ceil((1001 * 10) / 32));
  });

  test('a table has filters or is none', () => {
    const builder = new SkipTableBuilder();
    const { values, offsets } = toColumn([encodeUtf8('some tokens')]);
    builder.addLines(values, offsets);
    builder.endGroup(500);
    expect(builder.finish()).toBeNull();
    builder.addLines(values, offsets);
    builder.endGroup(1000);
    const skip = new SkipIndex(must(builder.finish()));
    const absent = must(compileNeedle(' absent ', false));
    expect([skip.mayContain(0, absent), skip.mayContain(1, absent), skip.mayContain(2, absent)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('one of about 120 absent tokens is let through', () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => encodeUtf8(`n${i}`));
    const skip = buildSkipIndex([lines]);
    let passed = 0;
    for (let i = 0; i < 20_000; i++) if (mayContain(skip, ` m${i} `)) passed++;
    expect(passed / 20_000).toBeLessThan(0.012);
  });
});

/** Bytes that make tokens of all classes and delimiters of all kinds, and anything else. */
const byte = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...encodeUtf8('0123456789abcdef')) },
  { weight: 4, arbitrary: fc.constantFrom(...encodeUtf8('ghzABFXYZ_')) },
  { weight: 4, arbitrary: fc.constantFrom(...encodeUtf8(' "=:-/.,()[]{}<>\n\0|')) },
  { weight: 1, arbitrary: fc.nat(255) },
);
/** Stored lines are UTF-8: what is not becomes U+FFFD, as at ingest. */
const line = fc
  .oneof(
    fc.array(byte, { maxLength: 60 }).map((bytes) => Uint8Array.from(bytes)),
    fc
      .tuple(fc.constantFrom('a', '0', 'f_', 'Zz9'), fc.nat(300))
      .map(([text, count]) => encodeUtf8(text.repeat(count))),
    fc.string({ unit: 'binary', maxLength: 30 }).map(encodeUtf8),
  )
  .map((bytes) => encodeUtf8(decodeUtf8(bytes)));

describe('no false negatives', () => {
  test('every substring of every line is found, in any case', () => {
    const groups = fc.array(fc.array(line, { maxLength: 12 }), { minLength: 1, maxLength: 3 });
    const cut = fc.record({ group: fc.nat(), line: fc.nat(), start: fc.nat(), length: fc.nat() });
    fc.assert(
      fc.property(groups, fc.array(cut, { minLength: 30, maxLength: 60 }), (lines, cuts) => {
        const skip = buildSkipIndex(lines);
        for (const at of cuts) {
          const group = at.group % lines.length;
          if (lines[group].length === 0) continue;
          const text = decodeUtf8(lines[group][at.line % lines[group].length]);
          const start = at.start % (text.length + 1);
          const part = text.slice(start, start + (at.length % (text.length + 1)));
          for (const [needle, ignoreCase] of [
            [part, false],
            [part.toUpperCase(), true],
            [part.toLowerCase(), true],
          ] as const) {
            // Half a surrogate pair is another character than the line has.
            if (!text.includes(decodeUtf8(encodeUtf8(part)))) continue;
            const compiled = compileNeedle(needle, ignoreCase);
            if (compiled !== null && !skip.mayContain(group, compiled)) {
              throw new Error(`${JSON.stringify(needle)} is in ${JSON.stringify(text)}`);
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('every substring that starts and ends anywhere in the bytes of a line is found', () => {
    // A query's needle is text, but nothing may depend on where characters begin.
    fc.assert(
      fc.property(line, fc.nat(), fc.nat(), (bytes, start, length) => {
        const skip = buildSkipIndex([[bytes, encodeUtf8('another 1234 line_with abcdef')]]);
        const from = start % (bytes.length + 1);
        const part = bytes.subarray(from, from + (length % (bytes.length + 1)));
        const compiled = compileNeedle(part, false);
        expect(compiled === null || skip.mayContain(0, compiled)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
