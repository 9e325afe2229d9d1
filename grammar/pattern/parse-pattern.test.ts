import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printCapture } from './adjacent-captures.ts';
import { readPattern } from './parse-pattern.ts';

test('captures have label names, everything else is literal', () => {
  expect(readPattern('<ip> - <_> [<1x> <a b> <_y>')).toEqual([
    { kind: 'Capture', name: 'ip' },
    { kind: 'Literal', text: ' - ' },
    { kind: 'Capture', name: null },
    { kind: 'Literal', text: ' [<1x> <a b> ' },
    { kind: 'Capture', name: '_y' },
  ]);
  expect(readPattern('')).toEqual([]);
});

test('the parts put together are the pattern', () => {
  const piece = fc.constantFrom('<', '>', 'a', '_', '<a>', '<_>', ' ', '1');
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const pattern = pieces.join('');
      const parts = readPattern(pattern);
      expect(parts.map((part) => (part.kind === 'Literal' ? part.text : printCapture(part.name))).join('')).toBe(
        pattern,
      );
    }),
  );
});
