import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TextColumn } from '../../batch/text-column.ts';
import { type ByteSequence, exactly, NO, oneOf, PERHAPS, YES } from './byte-sequence.ts';
import { findSequencesPlain } from './find-sequences-plain.ts';
import { SequenceFinder } from './sequence-finder.ts';
import { sequenceProgram, SEQUENCES_MAX } from './sequence-program.ts';

const finder = new SequenceFinder();

/** Lines of bytes, with `gap` bytes of others before the first. */
function column(lines: readonly Uint8Array[], gap = 0): TextColumn {
  const offsets = new Uint32Array(lines.length + 1);
  offsets[0] = gap;
  lines.forEach((line, i) => (offsets[i + 1] = offsets[i] + line.length));
  const values = new Uint8Array(offsets[lines.length]).fill(0x61, 0, gap);
  lines.forEach((line, i) => values.set(line, offsets[i]));
  return { offsets, values };
}

function verdicts(sequences: readonly ByteSequence[], text: TextColumn, selection: Uint32Array): Uint8Array | null {
  const program = sequenceProgram(sequences);
  const out = new Uint8Array(selection.length);
  return program !== null && finder.find(program, text, selection, selection.length, out) ? out : null;
}

const text = (content: string): ByteSequence => Array.from(Buffer.from(content, 'latin1'), exactly);
const bytes = (content: string): Uint8Array => new Uint8Array(Buffer.from(content, 'latin1'));

/** Few different bytes, so that there are hits, near misses and hits across borders; any byte now and then. */
const byte = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(0x61, 0x62, 0x41, 0xe9) }, fc.nat(255));
const table = fc.oneof(
  { weight: 4, arbitrary: byte.map(exactly) },
  fc.constant(oneOf(['a', 'A'])),
  fc.constant(oneOf(['b', 'é'])),
  fc.constantFrom(...[3, 5, 7].map((step) => Uint8Array.from({ length: 256 }, (_, i) => Math.floor(i / step) % 3))),
);
const sequence = fc.array(table, { minLength: 1, maxLength: 20 });
const line = fc
  .oneof(
    fc.array(byte, { maxLength: 6 }),
    fc.array(byte, { minLength: 12, maxLength: 40 }),
    fc.array(byte, { minLength: 40, maxLength: 120 }),
  )
  .map((content) => Uint8Array.from(content));

describe('SequenceFinder', () => {
  test('says what its plain counterpart says', () => {
    let [yes, perhaps] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(sequence, { minLength: 1, maxLength: 12 }),
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.nat(20),
        fc.infiniteStream(fc.nat(3)),
        (sequences, lines, gap, dice) => {
          const column_ = column(lines, gap);
          const rows = Uint32Array.from(lines.keys()).filter(() => dice.next().value !== 0);
          const found = verdicts(sequences, column_, rows);
          if (found === null) return;
          const plain = findSequencesPlain(column_, rows, sequences);
          for (const [i, said] of plain.entries()) {
            if (said.size === 0) expect(found[i]).toBe(NO);
            else expect(said).toContain(found[i]);
          }
          yes += found.filter((one) => one === YES).length;
          perhaps += found.filter((one) => one === PERHAPS).length;
        },
      ),
      { numRuns: 1000 },
    );
    expect(yes).toBeGreaterThan(100);
    expect(perhaps).toBeGreaterThan(100);
  });

  test.each([1, 2, 3, 4, 17, 40])('finds %i bytes at every place of a line, and not across its ends', (length) => {
    const needle = 'xyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_'.slice(0, length);
    const at = Array.from({ length: 70 }, (_, i) => i);
    const lines = at.flatMap((i) => [bytes('.'.repeat(i) + needle), bytes('.'.repeat(i) + needle + '.'), bytes('')]);
    const cut = at.flatMap((i) => [bytes('.'.repeat(i) + needle.slice(0, -1)), bytes(needle.slice(-1))]);
    const all = Uint32Array.from({ length: lines.length }, (_, i) => i);
    expect([...(verdicts([text(needle)], column(lines), all) ?? [])]).toEqual(at.flatMap(() => [YES, YES, NO]));
    if (length === 1) return;
    const halves = Uint32Array.from({ length: cut.length }, (_, i) => i);
    expect(verdicts([text(needle)], column(cut), halves)?.every((one) => one === NO)).toBe(true);
  });

  test('looks past unselected rows that match', () => {
    const lines = ['needle', 'other', 'needle', 'needle'].map(bytes);
    expect([...(verdicts([text('needle')], column(lines), Uint32Array.of(1, 3)) ?? [])]).toEqual([NO, YES]);
  });

  test('searches in parts, and grows for long lines', () => {
    const lines = Array.from({ length: 5000 }, (_, i) =>
      bytes(`${'-'.repeat(i % 200)}${i % 7 === 0 ? 'needle' : 'needl'}`),
    );
    lines.push(bytes(`${'-'.repeat(1 << 20)}needle`));
    const all = Uint32Array.from({ length: lines.length }, (_, i) => i);
    const found = verdicts([text('needle')], column(lines), all);
    expect(found?.reduce((sum, one) => sum + one, 0)).toBe(Math.ceil(5000 / 7) + 1);
  });

  test('two programs in turns', () => {
    const lines = column(['one', 'two'].map(bytes));
    for (let i = 0; i < 3; i++) {
      expect([...(verdicts([text('one')], lines, Uint32Array.of(0, 1)) ?? [])]).toEqual([YES, NO]);
      expect([...(verdicts([text('two')], lines, Uint32Array.of(0, 1)) ?? [])]).toEqual([NO, YES]);
    }
  });
});

test('no program of too many sequences, of too much, or of nothing that is sure', () => {
  const many = Array.from({ length: SEQUENCES_MAX }, (_, i) => text(`text ${i}`));
  expect(sequenceProgram(many)).not.toBeNull();
  expect(sequenceProgram([...many, text('one more')])).toBeNull();
  expect(sequenceProgram([text('x'.repeat(1 << 15))])).toBeNull();
  expect(sequenceProgram([[oneOf(['é'])]])).toBeNull();
  expect(sequenceProgram([])).toBeNull();
});
