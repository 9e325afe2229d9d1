import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalizeMetadataName } from './structured-metadata.ts';

describe('structured metadata names', () => {
  test.each([
    ['a.b', 'a_b'],
    ['a__b', 'a_b'],
    ['9x', 'key_9x'],
    ['ok_name', 'ok_name'],
    ['__own__', '__own__'],
    ['__a__b__', '__a_b__'],
    ['__half', '_half'],
    ['half__', 'half_'],
    ['UPPER', 'UPPER'],
    ['sp ace', 'sp_ace'],
    ['größe', 'gr_e'],
    ['a.-_b', 'a_b'],
    ['\n__x__\n', '_x_'],
  ])('%s becomes %s', (name, stored) => {
    expect(normalizeMetadataName(name)).toBe(stored);
  });

  test.each([
    ['', 'label name is empty'],
    ['ü', 'normalization for label name "ü" resulted in invalid name "_"'],
    ['_', 'normalization for label name "_" resulted in invalid name "_"'],
    ['____', 'normalization for label name "____" resulted in invalid name "____"'],
  ])('%j fails the push', (name, message) => {
    expect(() => normalizeMetadataName(name)).toThrow(message);
  });

  test('a stored name is stored as itself', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z][\w.é -]{0,12}$/), (name) => {
        const stored = normalizeMetadataName(name);
        expect(normalizeMetadataName(stored)).toBe(stored);
        expect(stored).toMatch(/^\w+$/);
      }),
    );
  });
});
