import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { messageOf } from '../errors.ts';
import { compileRegexp } from './compile.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function errorOf(pattern: string): string {
  try {
    compileRegexp(pattern);
    return 'no error';
  } catch (error) {
    return messageOf(error);
  }
}

describe('errors', () => {
  test.each([
    ['[', 'missing closing ]: `[`'],
    ['ab[cd', 'missing closing ]: `[cd`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['x**?', 'invalid nested repetition operator: `**?`'],
    ['a{2}{3}', 'invalid nested repetition operator: `{2}{3}`'],
    ['(?=GET)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(?P=n)', 'invalid or unsupported Perl syntax: `(?P`'],
    ['(?i-)', 'invalid or unsupported Perl syntax: `(?i-)`'],
    ['(?P<a-b>x)', 'invalid named capture: `(?P<a-b>`'],
    ['(?P<>x)', 'invalid named capture: `(?P<>`'],
    ['(?P<n', 'invalid named capture: `(?P<n`'],
    ['*', 'missing argument to repetition operator: `*`'],
    ['a|+?b', 'missing argument to repetition operator: `+?`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['a{2,1}', 'invalid repeat count: `{2,1}`'],
    ['((a{100}){100}){2}', 'invalid repeat count: `{100}`'],
    ['a)', 'unexpected ): `a)`'],
    ['(a|b', 'missing closing ): `(a|b`'],
    ['a\\', 'trailing backslash at end of expression: ``'],
    ['\\8', 'invalid escape sequence: `\\8`'],
    ['\\C', 'invalid escape sequence: `\\C`'],
    ['\\x{110000}', 'invalid escape sequence: `\\x{110000`'],
    ['[b-a]', 'invalid character class range: `b-a`'],
    ['[[:foo:]]', 'invalid character class range: `[:foo:]`'],
    ['\\p{Foo}', 'invalid character class range: `\\p{Foo}`'],
    [`${'('.repeat(1001)}${')'.repeat(1001)}`, 'expression nests too deeply'],
    ['(abcdefghij){1000}'.repeat(11), 'expression too large'],
  ])('%s', (pattern, expected) => {
    expect(errorOf(pattern)).toContain(`error parsing regexp: ${expected}`);
  });

  test('limits hold at their boundary', () => {
    expect(errorOf(`${'('.repeat(1000)}${')'.repeat(1000)}`)).toBe('no error');
    expect(errorOf('a{1000}')).toBe('no error');
    expect(errorOf('(a{100}){10}')).toBe('no error');
    expect(errorOf('(a{100}){11}')).toContain('invalid repeat count');
    expect(errorOf('a'.repeat(100_000))).toBe('no error');
    expect(errorOf('a'.repeat(100_001))).toContain('expression too large');
  });
});

/** pattern, text, texts of the groups or null. */
const MATCHES: [string, string, (string | undefined)[] | null][] = [
  ['a|ab', 'ab', ['a']],
  ['(?P<y>\\d+)-(?<m>\\d+)', 'on 2026-01', ['2026-01', '2026', '01']],
  ['(?P<n>a)(?P<n>b)', 'ab', ['ab', 'a', 'b']],
  ['a$', 'a\n', null],
  ['(?m)a$', 'a\nb', ['a']],
  ['(?m)^b', 'a\nb', ['b']],
  ['(?m)^b', 'a\rb', null],
  ['a.b', 'a\nb', null],
  ['(?s)a.b', 'a\nb', ['a\nb']],
  ['a.b', 'a\rb', ['a\rb']],
  ['a.b', 'a\u{1f680}b', ['a\u{1f680}b']],
  ['^.$', '\u{1f680}', ['\u{1f680}']],
  ['\\d', '٣', null],
  ['\\w', 'é', null],
  ['\\bé', 'é', null],
  ['\\s', '\v', null],
  ['[[:space:]]', '\v', ['\v']],
  ['(?i)k', '\u212a', ['\u212a']],
  ['(?i)\\w', '\u017f', ['\u017f']],
  ['(?i)[^k]', '\u212a', null],
  ['(?i)straße', 'STRAẞE', ['STRAẞE']],
  ['(?i)CAFÉ', 'café', ['café']],
  ['(?i)ſ.', 'sa', ['sa']],
  ['(?i)k.', '\u212aa', ['\u212aa']],
  ['(?i)é', 'É', ['É']],
  ['(?i)日', '日', ['日']],
  ['(?i)[à-þ]', 'É', ['É']],
  ['(?i)\\W', '\u212a', null],
  ['(?i)\\S+', 'aſ', ['aſ']],
  ['(?i)[[:^upper:]]', 'k', null],
  ['(?i:a)b', 'Ab', ['Ab']],
  ['(?i:a)b', 'AB', null],
  ['a(?i)b(?-i)c', 'aBc', ['aBc']],
  ['(?U)a+', 'aaa', ['a']],
  ['(?U)a+?', 'aaa', ['aaa']],
  ['\\Qa.b\\E+', 'a.bbb', ['a.bbb']],
  ['\\Aab\\z', 'ab', ['ab']],
  ['\\pL+', '123日本', ['日本']],
  ['\\p{Greek}', 'α', ['α']],
  ['\\P{Greek}', 'α', null],
  ['\\p{^Greek}', 'α', null],
  ['[^\\pL]', 'a1', ['1']],
  ['\\x41\\x{42}\\103', 'ABC', ['ABC']],
  ['[]a]', ']', [']']],
  ['[a-]', '-', ['-']],
  ['a{,2}', 'a{,2}', ['a{,2}']],
  ['x{2,3}', 'xxxx', ['xxx']],
  ['(?:(a)|b)*', 'ab', ['ab', 'a']],
  ['(a*)*', 'b', ['', '']],
  ['(a?)?', 'b', ['', '']],
  ['(|a)*', 'aa', ['', '']],
  ['a*?$', 'aa', ['aa']],
  ['', 'abc', ['']],
];

test.each(MATCHES)('%s on %j', (pattern, text, expected) => {
  const regexp = compileRegexp(pattern);
  expect(regexp.exec(text)).toEqual(expected);
  expect(regexp.test(text)).toBe(expected !== null);
  const line = bytes(`<${text}>`);
  expect(regexp.testBytes(line, 1, line.length - 1)).toBe(expected !== null);
  const spans = regexp.execBytes(line, 1, line.length - 1);
  const groups = expected?.map((_, i) =>
    (spans?.[2 * i] ?? -1) < 0
      ? undefined
      : new TextDecoder().decode(line.subarray(spans?.[2 * i], spans?.[2 * i + 1])),
  );
  expect(spans === null ? null : groups).toEqual(expected);
});

test('anchored expressions match whole texts', () => {
  const regexp = compileRegexp('a|b.*', { anchored: true, dotAll: true });
  expect(['a', 'b\nc', 'ab', 'xa', ''].map((text) => regexp.test(text))).toEqual([true, true, false, false, false]);
  expect(compileRegexp('b.*', { anchored: true }).test('b\nc')).toBe(false);
});

test('byte positions stay right around invalid bytes', () => {
  const line = Uint8Array.of(0xc3, 0x28, 0xff, 0xf0, 0x9f, 0x9a, 0x80, 0x61, 0x31);
  expect(compileRegexp('a(1)').execBytes(line, 0, line.length)).toEqual(Int32Array.of(7, 9, 8, 9));
  expect(compileRegexp('^.{2}\\x{fffd}.a').execBytes(line, 0, line.length)).toEqual(Int32Array.of(0, 8));
});

test('replacing and counting follow Go', () => {
  const date = compileRegexp('(?P<y>\\d{4})-(\\d\\d)');
  expect(date.replaceAll('2026-01 x 2027-02', '$2/${y}$$ $1x $y', false)).toBe('01/2026$  2026 x 02/2027$  2027');
  expect(date.replaceAll('2026-01', '$1', true)).toBe('$1');
  expect(compileRegexp('a*').replaceAll('baac', '-', false)).toBe('-b-c-');
  expect(compileRegexp('').replaceAll('a\u{1f680}', '-', false)).toBe('-a-\u{1f680}-');
  expect(compileRegexp('a*').count('baac')).toBe(3);
  expect(compileRegexp('e').count('eee')).toBe(3);
  expect(compileRegexp('\\b').count('ab cd')).toBe(4);
});

describe('time stays linear', () => {
  const line = `${'a'.repeat(1 << 20)}!`;
  test.each([
    '(a+)+$',
    '(.*a){25}b',
    '(x+x+)+y',
    '^(a|a)*$',
    '(a|aa)+$',
    '([a-z]+)*\\d',
    'a*a*a*b',
    '^(\\w+\\s?)*$',
    '\\w+\\w+:',
  ])('%s', (pattern) => {
    expect(compileRegexp(pattern).test(line)).toBe(false);
    expect(compileRegexp(pattern).exec(line.slice(-20_000))).toBe(null);
  });

  test('a huge alternation', () => {
    const words = Array.from({ length: 5000 }, (_, i) => `word${i * 7}x`);
    expect(compileRegexp(words.join('|')).test(line)).toBe(false);
    expect(compileRegexp(words.join('|')).test(`${line}word7x`)).toBe(true);
  });
});

const atom = fc.constantFrom(
  'a',
  'b',
  'c',
  '.',
  '[ab]',
  '[^a]',
  '\\d',
  '\\w',
  '\\b',
  '\\B',
  '^',
  '$',
  '(?i:k)',
  '(?i:ſ)',
  '(?i:[a-k])',
  '(?i:[^k])',
  'é',
  '\\s',
  'ab',
  '[a-c0]',
  '(?m:^)',
);
const suffix = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{0,2}?');
const regexpSource: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(atom, suffix).map(([a, s]) => (s === '' ? a : `(?:${a})${s}`)),
    fc.array(tie('node'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
    fc.tuple(tie('node'), suffix).map(([a, s]) => `(${a})${s}`),
  ),
})).node;
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '0', ' ', '\n', 'k', 'K', '\u212a', 's', 'é', '\u{1f680}'),
  maxLength: 12,
});

test('both engines agree', () => {
  fc.assert(
    fc.property(regexpSource, text, (source, input) => {
      const regexp = compileRegexp(source);
      const matcher = RE2JS.compile(source).matcher(input);
      const found = matcher.find();
      expect(regexp.test(input)).toBe(found);
      const groups = regexp.groupNames.map((_, i) => (found ? (matcher.group(i) ?? undefined) : undefined));
      expect(regexp.exec(input)).toEqual(found ? groups : null);
    }),
    { numRuns: 3000 },
  );
});
