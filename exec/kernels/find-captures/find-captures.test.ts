import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../../../src/common/utf8.ts';
import { textColumn } from '../../stages/testing/lines-batch.ts';
import type { FoundSpans } from '../found-spans.ts';
import { CaptureFinder, CAPTURES_MAX } from './capture-finder.ts';
import { findCapturesPlain } from './find-captures-plain.ts';
import type { LinePattern } from './line-pattern.ts';

const finder = new CaptureFinder();

/** What was found, without the places of what was not. */
function told(found: FoundSpans | null, count: number) {
  if (found === null) return null;
  const spans = Array.from({ length: found.spans.length / 2 }, (_, n) =>
    found.isFound[n % count] === 1 ? [found.spans[2 * n], found.spans[2 * n + 1]] : null,
  );
  return { rowCount: found.rowCount, isFound: [...found.isFound], spans };
}

/** Captures end with `until`; the last one takes the rest when `isRest`. */
function pattern(prefix: string, untils: readonly string[], isWanted = untils.map(() => true)): LinePattern {
  const captures = untils.map((until, i) => ({ until: encodeUtf8(until), isWanted: isWanted[i] }));
  return { prefix: encodeUtf8(prefix), captures };
}

const LONG = 'a literal of sixteen and more bytes';
const literal = fc.constantFrom(' ', '"', '] "', ' - ', 'ab', 'aab', 'é', '\0', LONG, 'sixteen bytes...');
const text = fc.oneof(
  fc
    .array(fc.constantFrom('a', 'b', ' ', 'é', '\n', '\0', 'a literal', '] '), { maxLength: 8 })
    .map((parts) => parts.join('')),
  fc.string({ maxLength: 60 }),
);
const search = fc
  .record({
    prefix: fc.constantFrom('', 'a', '[', LONG),
    untils: fc.array(literal, { minLength: 1, maxLength: 5 }),
    isRest: fc.boolean(),
    isWanted: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
  })
  .chain(({ prefix, untils, isRest, isWanted }) => {
    const all = isRest ? [...untils, ''] : untils;
    const usual = fc
      .tuple(...all.map(() => text))
      .map((texts) => prefix + texts.map((one, i) => one + all[i]).join(''));
    const cut = fc.tuple(usual, fc.nat(3)).map(([line, n]) => line.slice(0, line.length - n));
    const line = fc.oneof({ weight: 3, arbitrary: usual }, cut, text);
    return fc.record({
      pattern: fc.constant(pattern(prefix, all, isWanted)),
      lines: fc.array(line, { minLength: 1, maxLength: 20 }),
    });
  });

describe('CaptureFinder', () => {
  test('finds what its plain counterpart finds', () => {
    let foundRows = 0;
    fc.assert(
      fc.property(search, fc.infiniteStream(fc.boolean()), fc.nat(3), (one, picks, skipped) => {
        const column = textColumn(one.lines);
        const rows = Uint32Array.from(one.lines.keys()).filter((row) => row >= skipped && picks.next().value === true);
        const selection = rows.length === 0 ? Uint32Array.of(one.lines.length - 1) : rows;
        const plain = findCapturesPlain(column, selection, one.pattern);
        const found = finder.find(column, selection, one.pattern);
        expect(told(found, selection.length)).toEqual(told(plain, selection.length));
        foundRows += plain.rowCount;
      }),
      { numRuns: 2000 },
    );
    expect(foundRows).toBeGreaterThan(1000);
  });

  test.each([1, 2, 3, 17])('finds a literal of %i bytes at every place of a line, and not across its end', (length) => {
    const until = 'xyz0123456789ABCDEFG'.slice(0, length);
    const lines = Array.from({ length: 70 }, (_, i) => [
      '.'.repeat(i) + until,
      '.'.repeat(i) + until.slice(1),
      until.slice(1),
    ]).flat();
    const selection = Uint32Array.from(lines.keys());
    const found = finder.find(textColumn(lines), selection, pattern('', [until]));
    expect(found?.rowCount).toBe(70);
    expect([...(found?.isFound ?? [])]).toEqual(lines.map((_, i) => (i % 3 === 0 ? 1 : 0)));
  });

  test('searches in parts, and grows, up to its limits', () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `${'-'.repeat(i % 150)} ${i} end`);
    lines.push(`${'-'.repeat(1 << 20)} 7 end`);
    const selection = Uint32Array.from(lines.keys());
    const column = textColumn(lines);
    const found = finder.find(column, selection, pattern('', [' ', ' '], [false, true]));
    expect(found?.rowCount).toBe(5001);
    const numbers = Array.from(selection, (i) => {
      const [start = 0, length = 0] = found?.spans.subarray(2 * i, 2 * i + 2) ?? [];
      return Number(Buffer.from(column.values.subarray(start, start + length)).toString());
    });
    expect(numbers).toEqual([...Array(5000).keys(), 7]);
    expect(finder.find(column, selection, pattern('', Array<string>(CAPTURES_MAX + 1).fill(' ')))).toBeNull();
    expect(finder.find(column, selection, pattern('x'.repeat(5000), [' ']))).toBeNull();
    expect(finder.find(column, selection.subarray(0, 0), pattern('', [' ']))).toBeNull();
  });
});
