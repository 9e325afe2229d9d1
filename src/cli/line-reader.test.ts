import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLines } from './line-reader.ts';

async function* pieces(text: string, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  const at = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  for (let i = 1; i < at.length; i++) yield bytes.subarray(at[i - 1], at[i]);
}

async function linesOf(text: string, cuts: readonly number[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const { text: line } of readLines(pieces(text, cuts))) lines.push(Buffer.from(line).toString());
  return lines;
}

test('splits at line ends however the input is cut', async () => {
  const text = fc.array(fc.constantFrom('a', 'é', '\n', '\r\n', '')).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat()), async (input, cuts) => {
      const expected = input.split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(await linesOf(input, cuts)).toEqual(expected);
    }),
  );
});
