import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRegexp } from '../../../src/common/regexp/compile.ts';
import { textColumn } from '../../stages/testing/lines-batch.ts';
import { NO, PERHAPS, YES } from './byte-sequence.ts';
import { findSequencesPlain } from './find-sequences-plain.ts';
import { regexpSequences } from './regexp-sequences.ts';

/** Each byte as a character; of several the first and their number, with a question mark where it is not sure. */
function brief(pattern: string): string {
  const known = regexpSequences(pattern);
  if (known === null) return 'none';
  const texts = known.sequences.map((sequence) =>
    sequence
      .map((table) => {
        const bytes = [...table.keys()].filter((byte) => byte < 0x80 && table[byte] !== NO);
        const first = bytes.length === 0 ? '' : JSON.stringify(String.fromCharCode(bytes[0])).slice(1, -1);
        return `${first}${bytes.length > 1 ? `*${bytes.length}` : ''}${table.includes(PERHAPS) ? '?' : ''}`;
      })
      .join(''),
  );
  return `${known.isExact ? 'exact' : 'required'} ${texts.join(' ')}`;
}

test.each([
  ['status=(4|5)\\d\\d|HTTP/1.1" 5', 'exact status=40*100*10 status=50*100*10 HTTP/1\\u0000*127?1\\" 5'],
  ['fo+', 'exact fo'],
  ['\\d+', 'exact 0*10'],
  ['[a-c]{3}', 'exact a*3a*3a*3'],
  ['(?i)a1K', 'exact A*21K*2?'],
  ['(?i)[a-c]x', 'exact A*6X*2'],
  ['(?i)[a-s]', 'none'],
  ['[^a]b', 'exact \\u0000*127?b'],
  ['\\bfoo\\b', 'required foo'],
  ['error.*timeout', 'required timeout'],
  ['a.*bc|d\\d+e', 'required bc d0*10'],
  ['ab(?:cd)+\\d{2,}e', 'required abcd'],
  ['x(a+bc|de\\d)x', 'required abc de0*10'],
  ['\\pL1', 'exact \\u0000*128?1'],
  ['.', 'none'],
  ['a?', 'none'],
  ['(?s)a.*|.', 'none'],
])('%s', (pattern, expected) => {
  expect(brief(pattern)).toBe(expected);
});

const piece = fc.constantFrom(
  ...['a', 'b', 'k', 'é', 'ſ', '.', '(?s:.)', '[ab]', '[^a]', '[^é]', '[aé]', '\\d', '\\w', '\\W', '\\pL', '\\PL'],
  ...['(?i:k)', '(?i:s)', '(?i:é)', '(?i:ſ)', '(?i:[k1])', '(?i:[^k])', '(?i:[ſ])', '(a|bk)', '(a|bk)?', 'a+', '.*'],
  ...['^', '$', '\\b', 'b{2}', '[ab]{2,}', '(a|k){1,3}', '(?:é|k)'],
);
const source = fc.array(piece, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
const chars = ['a', 'b', 'k', 'K', 's', 'S', 'é', 'É', 'ſ', '\u212a', '1', ' ', '\n', '日'];
const text = fc.string({ unit: fc.constantFrom(...chars), maxLength: 8 });

test('the sequences say what the engine says', () => {
  const counts = { exact: 0, perhaps: 0, required: 0 };
  fc.assert(
    fc.property(source, text, (pattern, input) => {
      const known = regexpSequences(pattern);
      if (known === null) return;
      const [said] = findSequencesPlain(textColumn([input]), Uint32Array.of(0), known.sequences);
      const matches = compileRegexp(pattern).test(input);
      if (matches) expect(said.size).toBeGreaterThan(0);
      else if (known.isExact) expect(said).not.toContain(YES);
      counts[known.isExact ? (said.has(PERHAPS) ? 'perhaps' : 'exact') : 'required']++;
    }),
    { numRuns: 2000 },
  );
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(20);
});
