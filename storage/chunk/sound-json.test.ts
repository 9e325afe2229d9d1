import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areSound, SOUND_DEPTH_MAX } from './sound-json.ts';

function isSound(...lines: readonly string[]): boolean {
  const bytes = lines.map((line) => Buffer.from(line));
  const offsets = new Int32Array(lines.length + 1);
  bytes.forEach((line, i) => (offsets[i + 1] = offsets[i] + line.length));
  return areSound(Buffer.concat(bytes), offsets);
}

describe('sound JSON lines', () => {
  test.each([
    ['{}'],
    ['{ }'],
    ['{"a":1,"b":"x \\" y","c":[1,{"d":"]"},[]],"e":{"f":null},"g":true,"h":-1.5e+3,"i":false}'],
    [' not at the start {'],
    ['{ "a" : [ ] , "b" : { } }'],
    ['{"日本a":"日本"}'],
    [''],
  ])('%s is', (line) => {
    expect(isSound(line)).toBe(true);
    expect(isSound('plain', line, '{"a":1}')).toBe(true);
  });

  test.each([
    ['{'],
    ['{"a":1'],
    ['{"a":1,'],
    ['{"a":1,}'],
    ['{"a":1} '],
    ['{"a":1}{'],
    ['{"a" 1}'],
    ['{"a":x}'],
    ['{"a":nul}'],
    ['{"a":nullx}'],
    ['{"a":"x'],
    ['{"a":"x\\"}'],
    ['{"a":[1}'],
    ['{"a":{"b":1}'],
    ['{"__error__":1}'],
    ['{"a":{"_error__":1}}'],
    ['{"a ":1}'],
    ['{"":1}'],
    ['{"\\u0061":1}'],
    ['{"é":1}'],
  ])('%s is not', (line) => {
    expect(isSound(line)).toBe(false);
    expect(isSound('{"a":1}', line, 'plain')).toBe(false);
  });

  test('as deep as the limit, not deeper', () => {
    const deep = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
    expect(isSound(deep(SOUND_DEPTH_MAX))).toBe(true);
    expect(isSound(deep(SOUND_DEPTH_MAX + 1))).toBe(false);
    expect(isSound('{"a":' + '['.repeat(100_000))).toBe(false);
  });

  test('all objects with keys of letters, and nothing of which a byte was lost', () => {
    const key = fc.stringMatching(/^[A-Za-z]{1,3}[0-9]?$/);
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'grapheme' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(true, false, null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 4 }), fc.constantFrom(0, 1), fc.nat(), (object, indent, cut) => {
        const text = JSON.stringify(object, null, indent);
        expect(isSound(text)).toBe(true);
        expect(isSound(text.slice(0, 1 + (cut % (text.length - 1))))).toBe(false);
      }),
    );
  });
});
