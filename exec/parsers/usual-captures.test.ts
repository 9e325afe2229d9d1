import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LabelPredicate, PatternParser } from '../../planner/ir/stage.ts';
import { batchOfRows, labelsOf, type TestRow } from '../stages/testing/lines-batch.ts';
import { compilePattern } from './pattern.ts';

type Stage = Pick<PatternParser, 'parts' | 'needed' | 'immediateFilters'>;

const number = (name: string, value: number): LabelPredicate => ({ kind: 'Number', name, op: '>=', value });
const NAMES = ['a', 'b', 'c', 'd'];

const literal = fc.constantFrom(' ', '"', ', ', ' - ', '::');
const parts: fc.Arbitrary<PatternParser['parts']> = fc
  .record({
    head: fc.constantFrom('', '[', 'x'),
    captures: fc.array(fc.tuple(fc.boolean(), literal), { minLength: 1, maxLength: 4 }),
    isRest: fc.boolean(),
  })
  .map(({ head, captures, isRest }) => [
    ...(head === '' ? [] : [{ kind: 'Literal' as const, text: head }]),
    ...captures.flatMap(([isNamed, text], i) => [
      { kind: 'Capture' as const, name: isNamed ? NAMES[i] : null },
      ...(isRest && i === captures.length - 1 ? [] : [{ kind: 'Literal' as const, text }]),
    ]),
  ]);
const value = fc.oneof(fc.nat(4).map(String), fc.constantFrom('', 'x', 'é', '1"2', ',', '- ', ':'));

/** Lines that have the pattern, and some that do not. */
const search = parts.chain((all) => {
  const pieces = all.map((part) => (part.kind === 'Literal' ? fc.constant(part.text) : value));
  const usual = fc.tuple(...pieces).map((texts) => texts.join(''));
  const line = fc.oneof(
    { weight: 4, arbitrary: usual },
    usual.map((text) => text.slice(1)),
    value,
  );
  const row: fc.Arbitrary<TestRow> = fc.record({
    line,
    stream: fc.constantFrom({}, {}, {}, { b: 's' }),
    metadata: fc.constantFrom({}, {}, {}, {}, { a: 'm' }),
  });
  return fc.record({
    stage: fc.record({
      parts: fc.constant(all),
      needed: fc.oneof(fc.constant('all' as const), fc.subarray([...NAMES, 'b_extracted', 'none'])),
      immediateFilters: fc.subarray([number('a', 2), number('c', 1), number('none', 1)], { maxLength: 2 }),
    }),
    rows: fc.oneof(
      fc.array(row, { minLength: 1, maxLength: 30 }),
      fc.array(line, { minLength: 1, maxLength: 30 }).map((lines) => lines.map((text) => ({ line: text }))),
    ),
  });
});

/** What is left of the rows, with all labels, when so many go through the parser at a time. */
function parsed(rows: readonly TestRow[], stage: Stage, atOnce: number): string[] {
  const parser = compilePattern(stage);
  const told: string[] = [];
  for (let from = 0; from < rows.length; from += atOnce) {
    const batch = batchOfRows(rows.slice(from, from + atOnce));
    parser.parse(batch);
    const labels = labelsOf(batch);
    told.push(...labels.map((set, i) => `${from + batch.selection[i]} ${JSON.stringify(set)}`));
  }
  return told;
}

test('captures of many lines at once are those of one line after the other', () => {
  fc.assert(
    fc.property(search, fc.integer({ min: 4, max: 30 }), ({ stage, rows }, atOnce) => {
      expect(parsed(rows, stage, atOnce)).toEqual(parsed(rows, stage, 1));
    }),
    { numRuns: 3000 },
  );
});
