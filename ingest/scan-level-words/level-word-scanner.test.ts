import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { LevelDetector, scanBody } from '../level-detection.ts';

const detector = new LevelDetector(['level'], 2);

afterEach(() => scanBody(null));

/** Levels of lines that stand one behind the other in a body. */
function levelsOf(lines: readonly Uint8Array[], isScanned: boolean): number[] {
  const body = Buffer.concat(lines);
  scanBody(isScanned ? body : null);
  let start = 0;
  return lines.map(({ length }) => {
    const level = detector.detect(body, start, start + length);
    start += length;
    return level;
  });
}

function expectSame(lines: readonly Uint8Array[]): void {
  expect(levelsOf(lines, true)).toEqual(levelsOf(lines, false));
}

const part = fc.oneof(
  fc.constantFrom(
    'trace',
    'DEBUG',
    'Info',
    'warn',
    'warning',
    'err',
    'error',
    'errors',
    'critical',
    'FATAL',
    'informed',
  ),
  fc.constantFrom(' ', '\t', '\n', '[', ']', '(', '{', '}', '"', '=', ':', ',', '!', '.', 'x', '\u0001', 'é', 'level='),
  fc.stringMatching(/^[ -~]{0,20}$/),
);
const line = fc.oneof(
  { weight: 4, arbitrary: fc.array(part, { maxLength: 12 }).map((parts) => Buffer.from(parts.join(''))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
);

test('the kernel finds the levels that the plain scan finds', () => {
  fc.assert(fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), expectSame), { numRuns: 1_000 });
});

test('words and equals signs at every place of a step, at ends of lines and beside other lines', () => {
  for (const word of ['trace', 'Debug', 'critical', 'err', 'warning', 'info', 'inform', 'WARN:']) {
    const lines: Buffer[] = [];
    for (let before = 0; before < 40; before++) {
      const space = 'x '.repeat(20).slice(40 - before);
      lines.push(Buffer.from(`${space}${word}`), Buffer.from(`${space}${word} a b=`), Buffer.from(`${space}=${word}x`));
    }
    expectSame(lines);
  }
});

test('every byte before and behind a word', () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  expectSame(bytes.map((byte) => Buffer.from([byte, ...Buffer.from('error')])));
  expectSame(bytes.map((byte) => Buffer.from([...Buffer.from('a error'), byte])));
  expectSame(bytes.map((byte) => Buffer.from([0x20, byte, ...Buffer.from('rror ')])));
});

test('a body that is too large, or another one, is scanned plainly', () => {
  const large = Buffer.alloc((4 << 20) + 1, 0x20);
  large.write('error', 5);
  scanBody(large);
  expect(detector.detect(large, 0, 20)).toBe(5);
  scanBody(Buffer.from('nothing here at all'));
  expect(detector.detect(large, 0, 20)).toBe(5);
});
