import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from './go-json.ts';

/** What encoding/json of Go escapes, and JSON. */
const plain = (text: string): string =>
  JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

test('is JSON with what Go escapes', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '&',
    '\u2028',
    '\u2029',
    '"',
    '\\',
    '\n',
    '\0',
    '\ud800',
    '\udfff',
    '\u{1f600}',
  );
  const text = fc.array(fc.oneof(piece, fc.string({ unit: 'binary' }), fc.string()), { maxLength: 4 });
  fc.assert(
    fc.property(text, (pieces) => {
      const joined = pieces.join('');
      expect(jsonText(joined)).toBe(plain(joined));
      expect(JSON.parse(jsonText(joined))).toBe(joined);
    }),
    { numRuns: 2000 },
  );
});
