import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LineFilter, LineFilterOp } from '../../planner/ir/stage.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import type { TextColumn } from '../batch/text-column.ts';
import { compileLineFilter } from './line-filter.ts';
import { plainLineFilter } from './line-filter-plain.ts';

function column(lines: readonly string[], shared = false): TextColumn {
  const bytes = lines.map(encodeUtf8);
  const offsets = new Uint32Array(lines.length + 1);
  bytes.forEach((line, i) => (offsets[i + 1] = offsets[i] + line.length));
  const size = offsets[lines.length];
  const values = new Uint8Array(shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size));
  bytes.forEach((line, i) => values.set(line, offsets[i]));
  return { offsets, values };
}

function filter(op: LineFilterOp, ...values: string[]): LineFilter {
  return { kind: 'LineFilter', op, alternatives: values.map((value) => ({ value, ip: false })) };
}

function kept(lineFilter: LineFilter, lines: readonly string[]): string[] {
  const selection = Uint32Array.from(lines, (_, i) => i);
  const count = compileLineFilter(lineFilter).select(column(lines), selection, lines.length, selection);
  return Array.from(selection.subarray(0, count), (row) => lines[row]);
}

const LINES = ['', 'foo', 'xfoo bar', 'FOO', 'ba', 'r\nfoo', 'Ärger ΣΊΣΥΦΟΣ', 'kilo', '\u212aILO', 'fo', 'o', '\n'];

test.each<[LineFilterOp, string[], string[]]>([
  ['|=', [''], LINES],
  ['!=', [''], []],
  ['|~', [''], LINES],
  ['!~', [''], []],
  ['|~', ['.*'], LINES],
  ['|~', ['.+'], LINES.slice(1)],
  ['!~', ['.+'], ['']],
  ['|=', ['foo'], ['foo', 'xfoo bar', 'r\nfoo']],
  ['|=', ['', 'FOO'], ['FOO']],
  ['|=', ['', ''], LINES],
  ['!=', ['', 'o'], LINES.filter((line) => !line.includes('o'))],
  ['|=', ['FOO', 'ki'], ['FOO', 'kilo']],
  ['|=', ['FOO', 'ki', 'bar', 'fo'], ['foo', 'xfoo bar', 'FOO', 'r\nfoo', 'kilo', 'fo']],
  ['|~', ['^foo'], ['foo']],
  ['|~', ['foo$'], ['foo', 'xfoo bar', 'r\nfoo'].filter((line) => line.endsWith('foo'))],
  ['|~', ['^$'], ['']],
  ['|~', ['(?m)^foo$'], ['foo', 'r\nfoo']],
  ['|~', ['(?i)foo'], ['foo', 'xfoo bar', 'FOO', 'r\nfoo']],
  ['|~', ['(?i)KILO'], ['kilo', '\u212aILO']],
  ['|~', ['(?i)ärger σίσυφοσ'], ['Ärger ΣΊΣΥΦΟΣ']],
  ['|~', ['(?i)k[a-j]lo'], ['kilo', '\u212aILO']],
  ['|~', ['foo|ki'], ['foo', 'xfoo bar', 'r\nfoo', 'kilo']],
  ['|>', [''], ['']],
  ['!>', [''], LINES.slice(1)],
  ['|>', ['<_>'], LINES.slice(1)],
  ['|>', ['<_>foo<_>'], ['xfoo bar']],
  ['|>', ['foo<_>'], ['xfoo bar']],
  ['|>', ['<_>foo'], ['r\nfoo']],
  ['|>', ['', '<_>foo'], ['', 'r\nfoo']],
  ['|>', ['foo'], ['foo', 'r\nfoo']],
])('%s %j', (op, values, expected) => {
  expect(kept(filter(op, ...values), LINES)).toEqual(expected);
});

describe('errors', () => {
  test.each([
    [filter('|~', 'a**'), 'error parsing regexp: invalid nested repetition operator: `**`'],
    [filter('|>', '<_>a<name>'), "named captures are not allowed: found '<name>'"],
    [filter('|>', '<_><_>'), "found consecutive capture '<_><_>': invalid expression"],
    [{ kind: 'LineFilter', op: '|=', alternatives: [{ value: 'bogus', ip: true }] }, 'ip: invalid pattern: "bogus"'],
  ] as [LineFilter, string][])('%j', (lineFilter, message) => {
    expect(() => compileLineFilter(lineFilter)).toThrow(message);
  });
});

test('ip() alone searches addresses, in a chain it is text', () => {
  const lines = ['from 10.0.0.7', '10.0.0.0/8', 'x'];
  const ip = { value: '10.0.0.0/8', ip: true };
  const chain = [ip, { value: 'x', ip: false }];
  expect(kept({ kind: 'LineFilter', op: '|=', alternatives: [ip] }, lines)).toEqual(lines.slice(0, 2));
  expect(kept({ kind: 'LineFilter', op: '!=', alternatives: [ip] }, lines)).toEqual(['x']);
  expect(kept({ kind: 'LineFilter', op: '|=', alternatives: chain }, lines)).toEqual(lines.slice(1));
});

const words = [
  'a',
  'b',
  'ab',
  'ba',
  'aab',
  'K',
  'k',
  '\u212a',
  's',
  'ſ',
  'é',
  'É',
  '日',
  '\n',
  ' ',
  '10.0.0.1',
  '\u{1f680}',
  'İ',
  'i',
];
const word = fc.constantFrom(...words);
const lineText = fc.array(word, { maxLength: 6 }).map((parts) => parts.join(''));
const expression = fc
  .array(
    fc.oneof(
      word.map((text) => text.replaceAll('.', '\\.')),
      fc.constantFrom(
        '.',
        'a+',
        '[ab]',
        '\\d',
        '(a|b)?',
        '$',
        '^',
        '[^a]',
        '[^é]',
        '[aé]',
        '\\w',
        '\\pL',
        '(?i)k',
        '[a-s]{2}',
      ),
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(''));
const wildcards = fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('<_>'));
const anyFilter: fc.Arbitrary<LineFilter> = fc
  .oneof(
    fc.tuple(fc.constantFrom<LineFilterOp>('|=', '!='), fc.array(lineText, { minLength: 1, maxLength: 4 })),
    fc.tuple(
      fc.constantFrom<LineFilterOp>('|~', '!~'),
      fc.array(
        fc.oneof(
          expression,
          expression.map((source) => `(?i)${source}`),
          fc.constantFrom('', '.*', '.+'),
        ),
        {
          minLength: 1,
          maxLength: 2,
        },
      ),
    ),
    fc.tuple(
      fc.constantFrom<LineFilterOp>('|>', '!>'),
      fc
        .array(fc.tuple(fc.boolean(), wildcards, fc.boolean()), { minLength: 1, maxLength: 2 })
        .map((parts) => parts.map(([before, text, after]) => `${before ? '<_>' : ''}${text}${after ? '<_>' : ''}`)),
    ),
  )
  .map(([op, values]) => filter(op, ...values));

test('kernels equal the plain version, for dense and sparse selections, in place and not, in shared memory', () => {
  fc.assert(
    fc.property(
      anyFilter,
      fc.array(fc.tuple(lineText, fc.nat(9)), { maxLength: 30 }),
      fc.boolean(),
      fc.nat(9),
      (lineFilter, rows, shared, part) => {
        const lines = rows.map(([text]) => text);
        const selection = Uint32Array.from(rows.flatMap(([, dice], i) => (dice >= part ? [i] : [])));
        const passes = plainLineFilter(lineFilter);
        const expected = Array.from(selection).filter((row) => passes(lines[row]));
        const matcher = compileLineFilter(lineFilter);
        const text = column(lines, shared);
        const out = new Uint32Array(selection.length);
        const count = matcher.select(text, selection, selection.length, out);
        expect(Array.from(out.subarray(0, count))).toEqual(expected);
        expect(matcher.select(text, selection, selection.length, selection)).toBe(count);
        expect(Array.from(selection.subarray(0, count))).toEqual(expected);
      },
    ),
    { numRuns: 3000 },
  );
});

test('evil expressions over long lines finish', () => {
  const lines = ['a'.repeat(1 << 20), `${'x'.repeat(1 << 20)}z`, `${'a'.repeat(1 << 20)}y!`];
  expect(kept(filter('|~', '(a+)+$'), lines)).toEqual(lines.slice(0, 1));
  expect(kept(filter('|~', '(.*a){25}b'), lines)).toEqual([]);
  expect(kept(filter('|~', '(x+x+)+y'), lines)).toEqual([]);
  expect(kept(filter('!~', '^(\\w+\\s?)*$'), lines)).toEqual(lines.slice(2));
  expect(kept(filter('|~', '\\d+\\w+\\s'), ['7'.repeat(1 << 20)])).toEqual([]);
});
