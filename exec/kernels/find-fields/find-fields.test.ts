import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../../../src/common/utf8.ts';
import type { TextColumn } from '../../batch/text-column.ts';
import { textColumn } from '../../stages/testing/lines-batch.ts';
import type { FoundSpans } from '../found-spans.ts';
import type { ExpectedField } from './expected-field.ts';
import { FieldFinder, FIELDS_MAX } from './field-finder.ts';
import { findFieldsPlain } from './find-fields-plain.ts';

const finder = new FieldFinder();

const field = (key: string, isWanted: boolean): ExpectedField => ({ token: encodeUtf8(`"${key}":`), isWanted });

/** What was found, without the places of what was not. */
function told(found: FoundSpans | null, count: number) {
  if (found === null) return null;
  const spans = Array.from({ length: found.spans.length / 2 }, (_, n) =>
    found.isFound[n % count] === 1 ? [found.spans[2 * n], found.spans[2 * n + 1]] : null,
  );
  return { rowCount: found.rowCount, isFound: [...found.isFound], spans };
}

const key = fc.constantFrom('a', 'status', 'a key of sixteen!', 'a key that is longer than two steps of sixteen');
const text = fc.oneof(
  fc.string({ maxLength: 40 }).map((raw) => raw.replaceAll('"', '')),
  fc.constantFrom('é', 'x\\"y', '\\\\', '","b":"', 'twelve bytes', 'fifteen bytes..', 'sixteen bytes...'),
);
const value = fc.oneof(
  text.map((content) => `"${content}"`),
  fc.constantFrom('1', '-0.5', '200', '1e5', 'null', 'true', '{"a":1}', '"', '', '12345678901234567890.5'),
);
const member = fc.tuple(
  key,
  value,
  fc.constantFrom(':', ':', ':', ' : '),
  fc.constantFrom(',', ',', ',', ', ', '}', ''),
);
const line = fc
  .tuple(fc.constantFrom('{', '{', '{', ' {', ''), fc.array(member, { maxLength: 4 }), fc.constantFrom('}', '}', ''))
  .map(([open, members, close]) => {
    return open + members.map(([name, content, colon, end]) => `"${name}"${colon}${content}${end}`).join('') + close;
  });
/** Lines of the same keys as the fields, and others. */
const search = fc.array(fc.tuple(key, fc.boolean()), { minLength: 1, maxLength: 4 }).chain((keys) => {
  const usual = fc
    .tuple(...keys.map(() => value))
    .map((values) => `{${keys.map(([name], i) => `"${name}":${values[i]}`).join(',')},"more":1}`);
  return fc.record({
    fields: fc.constant(keys.map(([name, isWanted]) => field(name, isWanted))),
    lines: fc.array(fc.oneof({ weight: 3, arbitrary: usual }, line), { minLength: 1, maxLength: 30 }),
    skipped: fc.nat(5),
  });
});

describe('FieldFinder', () => {
  test('finds what its plain counterpart finds', () => {
    let foundRows = 0;
    fc.assert(
      fc.property(search, fc.infiniteStream(fc.boolean()), ({ fields, lines, skipped }, picks) => {
        const column: TextColumn = textColumn(lines);
        const rows = Uint32Array.from(lines.keys()).filter((row) => row >= skipped && picks.next().value === true);
        const selection = rows.length === 0 ? Uint32Array.of(lines.length - 1) : rows;
        const plain = findFieldsPlain('json', column, selection, fields);
        const found = finder.find('json', column, selection, fields);
        expect(told(found, selection.length)).toEqual(told(plain, selection.length));
        foundRows += plain.rowCount;
      }),
      { numRuns: 1000 },
    );
    expect(foundRows).toBeGreaterThan(100);
  });

  test('finds nothing beyond the end of a line', () => {
    const column = textColumn(['{"a":1', '2,"b":"x"}', '{"a":"1', '2"}', '{"a":1}']);
    const found = finder.find('json', column, Uint32Array.of(0, 1, 2, 3, 4), [field('a', true)]);
    expect([...(found?.isFound ?? [])]).toEqual([0, 0, 0, 0, 1]);
  });

  test('grows with what it searches, up to its limits', () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `{"a":"${'x'.repeat(100)}","b":${i}}`);
    const selection = Uint32Array.from(lines.keys());
    const fields = [field('a', false), field('b', true)];
    expect(finder.find('json', textColumn(lines), selection, fields)?.rowCount).toBe(5000);
    const many = Array.from({ length: FIELDS_MAX + 1 }, (_, i) => field(String(i), false));
    expect(finder.find('json', textColumn(lines), selection, many)).toBeNull();
    expect(finder.find('json', textColumn(lines), selection.subarray(0, 0), fields)).toBeNull();
  });
});

const PAIR_KEYS = ['a', 'level', 'a.key-of_sixteen', 'a_key_that_is_longer_than_two_steps_of_sixteen'];
const bare = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    '',
    '1',
    'error',
    'é',
    'a=b',
    'a"b',
    '\t',
    '2026-01-15T10:00:00.123Z',
    'sixteen_bytes...',
    'fifteen_bytes..',
  ),
);
const pairValue = fc.oneof(
  bare,
  bare.map((content) => `"${content}"`),
  fc.constantFrom('"a b"', '"a\\"b"', '"', '"open'),
);
const pairs = fc
  .array(fc.tuple(fc.constantFrom(...PAIR_KEYS), fc.boolean()), { minLength: 1, maxLength: 4 })
  .chain((keys) => {
    const usual = fc
      .tuple(fc.constantFrom(' ', ' ', ' ', '  ', '\t', ''), ...keys.map(() => pairValue))
      .map(([gap, ...values]) => `${keys.map(([name], i) => `${name}=${values[i]}`).join(gap)} more=1`);
    const line = fc.oneof(
      { weight: 4, arbitrary: usual },
      fc.tuple(usual, fc.nat(20)).map(([text_, n]) => text_.slice(0, text_.length - n)),
      fc.tuple(usual, fc.constantFrom(' ', 'x', '=', '"')).map(([text_, c]) => c + text_),
      bare,
    );
    return fc.record({
      fields: fc.constant(keys.map(([name, isWanted]) => ({ token: encodeUtf8(`${name}=`), isWanted }))),
      lines: fc.array(line, { minLength: 1, maxLength: 30 }),
      skipped: fc.nat(5),
    });
  });

test('FieldFinder finds in logfmt what its plain counterpart finds', () => {
  let foundRows = 0;
  fc.assert(
    fc.property(pairs, fc.infiniteStream(fc.boolean()), ({ fields, lines, skipped }, picks) => {
      const column = textColumn(lines);
      const rows = Uint32Array.from(lines.keys()).filter((row) => row >= skipped && picks.next().value === true);
      const selection = rows.length === 0 ? Uint32Array.of(lines.length - 1) : rows;
      const plain = findFieldsPlain('logfmt', column, selection, fields);
      const found = finder.find('logfmt', column, selection, fields);
      expect(told(found, selection.length)).toEqual(told(plain, selection.length));
      foundRows += plain.rowCount;
    }),
    { numRuns: 2000 },
  );
  expect(foundRows).toBeGreaterThan(1000);
});
