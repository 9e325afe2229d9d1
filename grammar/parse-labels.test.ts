import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SkaldError } from '../src/common/errors.ts';
import { Labels } from '../src/common/labels.ts';
import { parseLabels } from './parse-labels.ts';

describe('label sets', () => {
  test.each([
    ['{}', '{}'],
    [' { } ', '{}'],
    ['{a="b", c="d"}', '{a="b", c="d"}'],
    ['{c="d",a="b",}', '{a="b", c="d"}'],
    ['{a="1", a="2"}', '{a="2"}'],
    ['{a="", b="x"}', '{b="x"}'],
    ['{a="x", a=""}', '{}'],
    [`{a='it"s', b=\`raw\\n\`}`, '{a="it\\"s", b="raw\\\\n"}'],
    ['{a="\\x41\\u00e9\\n\\xc3\\xa9"}', '{a="Aé\\né"}'],
    ['up{a="b"}', '{__name__="up", a="b"}'],
    ['up', '{__name__="up"}'],
  ])('%s', (text, key) => {
    expect(parseLabels(text).key).toBe(key);
  });

  test('the canonical text of any set is that set', () => {
    const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,6}$/);
    const pairs = fc.array(fc.tuple(name, fc.string({ unit: 'grapheme', minLength: 1 })), { maxLength: 6 });
    fc.assert(
      fc.property(pairs, (list) => {
        const labels = Labels.from(list);
        expect(parseLabels(labels.key).pairs).toEqual(labels.pairs);
      }),
    );
  });
});

describe('errors', () => {
  test.each([
    ['{bad-name="x"}', "1:5: parse error: unexpected character inside braces: '-'"],
    ['{größe="x"}', "1:4: parse error: unexpected character inside braces: 'ö'"],
    ['{ö="\n', "1:2: parse error: unexpected character inside braces: 'ö'"],
    ['{a=b}', '1:4: parse error: unexpected identifier "b" in label set, expected string'],
    ['{a}', '1:3: parse error: unexpected "}" in label set, expected "="'],
    ['{a="b" c="d"}', '1:8: parse error: unexpected identifier "c" in label set, expected "," or "}"'],
    ['{,}', '1:2: parse error: unexpected "," in label set, expected identifier or "}"'],
    ['{a=~"b"}', '1:3: parse error: unexpected <op:=~> in label set, expected "="'],
    ['{a="b"', '1:7: parse error: unexpected end of input inside braces'],
    ['{a="b}', '1:4: parse error: unterminated quoted string'],
    ['{{a="b"}', "1:2: parse error: unexpected left brace '{'"],
    ['{a="é",\n b-="c"}', "2:3: parse error: unexpected character inside braces: '-'"],
    ['', '1:1: parse error: unexpected end of input'],
    ['{a="b"} x', '1:9: parse error: unexpected identifier "x"'],
  ])('%s', (text, message) => {
    expect(() => parseLabels(text)).toThrow(new SkaldError('bad_request', message));
  });

  test('whatever the text, only SkaldError is thrown', () => {
    const piece = fc.constantFrom('{', '}', 'a', '=', '"', '\\', ',', "'", '`', '-', ' ', '\n', 'ö', '=~');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((list) => list.join('')),
        ),
        (text) => {
          try {
            parseLabels(text);
          } catch (error) {
            expect(error).toBeInstanceOf(SkaldError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
