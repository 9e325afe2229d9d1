import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileRegexp } from './compile.ts';
import { requiredLiterals, type RegexpLiterals } from './literals.ts';

const PREFIX = { none: '', lower: '(lower)', fold: '(fold)' };

function brief(meaning: RegexpLiterals): string {
  switch (meaning.kind) {
    case 'All':
    case 'NonEmpty':
      return meaning.kind;
    case 'Contains':
      return `Contains ${PREFIX[meaning.literals.caseMode]}${meaning.literals.texts.join('|')}`;
    case 'Other':
      if (meaning.required === null) return 'Other';
      return `Other ${PREFIX[meaning.required.caseMode]}${meaning.required.texts.join('|')}`;
    default:
      return `${meaning.kind} ${meaning.texts.join('|')}`;
  }
}

test.each([
  ['', 'All'],
  ['.*', 'All'],
  ['(foo)?', 'All'],
  ['foo|', 'All'],
  ['^', 'All'],
  ['.+', 'NonEmpty'],
  ['.', 'Other'],
  ['(?s).', 'NonEmpty'],
  ['foo', 'Contains foo'],
  ['.*foo.*', 'Contains foo'],
  ['(?:ab)+', 'Contains ab'],
  ['foo|bar', 'Contains foo|bar'],
  ['level=(warn|error)', 'Contains level=warn|level=error'],
  ['[ab]c{2}', 'Contains acc|bcc'],
  ['(?i)CAFÉ 5', 'Contains (lower)CAFÉ 5'],
  ['5(?i)xx', 'Contains (lower)5xx'],
  ['x(?i)xx', 'Other (fold)xx'],
  ['^foo', 'Prefix foo'],
  ['foo$', 'Suffix foo'],
  ['^(foo|bar)$', 'Equals foo|bar'],
  ['^$', 'Equals '],
  ['(?m)^foo', 'Other foo'],
  ['^.*foo', 'Other foo'],
  ['\\bfoo\\b', 'Other foo'],
  ['error.*timeout', 'Other timeout'],
  ['HTTP/1\\.[01]" 5\\d\\d', 'Other HTTP/1.0" 5|HTTP/1.1" 5'],
  ['(?i)fo+', 'Contains (fold)fo'],
  ['(?i)é+', 'Other'],
  ['x(a+bc|de\\d)x', 'Other bc|de'],
  ['(?i)k\\d', 'Other (fold)k'],
  ['(?i)é\\d', 'Other'],
  ['\\d+', 'Other'],
])('%s', (pattern, expected) => {
  expect(brief(requiredLiterals(pattern))).toBe(expected);
});

describe('anchored with dotAll', () => {
  test.each([
    ['', 'Equals '],
    ['.*', 'All'],
    ['.+', 'NonEmpty'],
    ['foo', 'Equals foo'],
    ['a|b', 'Equals a|b'],
    ['foo.*', 'Prefix foo'],
    ['.*foo', 'Suffix foo'],
    ['.*foo.*', 'Contains foo'],
    ['(?i)foo', 'Other (fold)foo'],
    ['.+foo', 'Other foo'],
  ])('%s', (pattern, expected) => {
    expect(brief(requiredLiterals(pattern, { anchored: true, dotAll: true }))).toBe(expected);
  });
});

const piece = fc.constantFrom(
  'a',
  'b',
  'ab',
  '.*',
  '.',
  '[ab]',
  '(a|b)',
  '(ab|c)?',
  'a+',
  '^',
  '$',
  '\\b',
  '(?:c|)',
  'b{2}',
  '\\d',
);
const source = fc.array(piece, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' ', '\n'), maxLength: 8 });

test('the meaning is what the engine says, and required literals are in every match', () => {
  fc.assert(
    fc.property(source, text, fc.boolean(), (pattern, input, anchored) => {
      const options = { anchored, dotAll: anchored };
      const meaning = requiredLiterals(pattern, options);
      const matches = compileRegexp(pattern, options).test(input);
      const has = (texts: readonly string[]): boolean => texts.some((literal) => input.includes(literal));
      if (meaning.kind === 'All') expect(matches).toBe(true);
      else if (meaning.kind === 'Contains') expect(matches).toBe(has(meaning.literals.texts));
      else if (meaning.kind === 'Equals') expect(matches).toBe(meaning.texts.includes(input));
      else if (meaning.kind === 'Prefix') expect(matches).toBe(meaning.texts.some((t) => input.startsWith(t)));
      else if (meaning.kind === 'Suffix') expect(matches).toBe(meaning.texts.some((t) => input.endsWith(t)));
      else if (meaning.kind === 'Other' && matches && meaning.required) expect(has(meaning.required.texts)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});
