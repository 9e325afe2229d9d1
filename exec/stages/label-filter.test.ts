import { describe, expect, test } from 'vitest';
import type { LabelPredicate, NumericOp } from '../../planner/ir/stage.ts';
import { compileLabelFilter } from './label-filter.ts';
import { batchOfRows, labelsOf, linesOf, type TestRow } from './testing/lines-batch.ts';

function run(predicate: LabelPredicate, rows: readonly TestRow[]) {
  const batch = batchOfRows(rows);
  compileLabelFilter({ kind: 'LabelFilter', predicate }).apply(batch);
  return batch;
}

/** Values of label `x` that pass, an absent label as null. */
function passing(predicate: LabelPredicate, values: readonly (string | null)[]): (string | null)[] {
  const rows = values.map((value) => ({ line: String(value), metadata: value === null ? {} : { x: value } }));
  return linesOf(run(predicate, rows)).map((line) => (line === 'null' ? null : line));
}

const text = (op: '=' | '!=' | '=~' | '!~', value: string, name = 'x'): LabelPredicate => ({
  kind: 'String',
  matcher: { name, op, value },
});
const number = (op: NumericOp, value: number): LabelPredicate => ({ kind: 'Number', name: 'x', op, value });

describe('label filter', () => {
  test.each([
    [text('=', 'a'), ['a']],
    [text('!=', 'a'), ['b', '', 'abc', null]],
    [text('=', ''), ['', null]],
    [text('!=', ''), ['a', 'b', 'abc']],
    [text('=~', 'a|b'), ['a', 'b']],
    [text('=~', 'a.*'), ['a', 'abc']],
    [text('=~', '.*'), ['a', 'b', '', 'abc', null]],
    [text('=~', '.+'), ['a', 'b', 'abc']],
    [text('!~', 'a.*'), ['b', '', null]],
    [text('!~', '.+'), ['', null]],
  ])('%j compares a missing label as empty (facts 110, 118)', (predicate, expected) => {
    expect(passing(predicate, ['a', 'b', '', 'abc', null])).toEqual(expected);
  });

  test.each([
    [number('==', 5), ['5', '5.0', '0x5p0']],
    [number('!=', 5), ['1e1', 'NaN', '-3', '+Inf']],
    [number('>', 4), ['5', '5.0', '1e1', '+Inf', '0x5p0']],
    [number('<', 5), ['-3']],
    [number('>=', 10), ['1e1', '+Inf']],
    [number('<=', 5), ['5', '5.0', '-3', '0x5p0']],
  ])('%j reads numbers as Go does (fact 113)', (predicate, expected) => {
    expect(passing(predicate, ['5', '5.0', '1e1', 'NaN', '-3', '+Inf', '0x5p0', null])).toEqual(expected);
  });

  test('durations and sizes', () => {
    const duration: LabelPredicate = { kind: 'Duration', name: 'x', op: '>=', valueNs: 1_000_000_000n };
    expect(passing(duration, ['1s', '999ms', '1m', '0', '-5s', '3µs', '1000000µs'])).toEqual(['1s', '1m', '1000000µs']);
    const bytes: LabelPredicate = { kind: 'Bytes', name: 'x', op: '<', valueBytes: 2000 };
    expect(passing(bytes, ['1KB', '2KiB', '1,999', '2kb', '0B', null])).toEqual(['1KB', '1,999', '0B']);
  });

  test('a value that cannot be converted keeps the row with an error (fact 112)', () => {
    const batch = run(number('>', 5), [
      { line: '', metadata: { x: 'abc' } },
      { line: '', metadata: { x: '' } },
    ]);
    expect(labelsOf(batch)).toEqual([
      {
        __error__: 'LabelFilterErr',
        __error_details__: 'strconv.ParseFloat: parsing "abc": invalid syntax',
        x: 'abc',
      },
      { __error__: 'LabelFilterErr', __error_details__: 'strconv.ParseFloat: parsing "": invalid syntax', x: '' },
    ]);
  });

  test('a row with an error passes numeric filters and keeps its first error', () => {
    const rows = [
      { line: '', metadata: { __error__: 'JSONParserErr', x: 'abc' } },
      { line: '', metadata: { y: '1' } },
    ];
    expect(labelsOf(run(number('>', 5), rows))).toEqual([{ __error__: 'JSONParserErr', x: 'abc' }]);
  });

  test('and, or: a true left side of or decides (fact 112)', () => {
    const either: LabelPredicate = { kind: 'Or', left: text('=', 'abc'), right: number('>', 5) };
    const batch = run(either, [
      { line: 'text', metadata: { x: 'abc' } },
      { line: 'number', metadata: { x: '7' } },
      { line: 'no', metadata: { x: '3' } },
    ]);
    expect(linesOf(batch)).toEqual(['text', 'number']);
    expect(labelsOf(batch)).toEqual([{ x: 'abc' }, { x: '7' }]);
    expect(passing({ kind: 'And', left: text('!=', '6'), right: number('>', 5) }, ['6', '7', '4'])).toEqual(['7']);
  });

  test('__error__ is the error state, __error_details__ an ordinary label (fact 119)', () => {
    const rows = [{ line: 'bad', metadata: { __error__: 'JSONParserErr', __error_details__: 'd' } }, { line: 'good' }];
    expect(linesOf(run(text('=', '', '__error__'), rows))).toEqual(['good']);
    expect(linesOf(run(text('=~', 'JSON.*', '__error__'), rows))).toEqual(['bad']);
    expect(linesOf(run(text('=', '', '__error_details__'), rows))).toEqual(['bad', 'good']);
  });

  test('ip: a missing label fails for both operators, a row with an error passes (fact 109)', () => {
    const rows = [
      { line: 'in', metadata: { x: '10.0.0.7' } },
      { line: 'out', metadata: { x: '11.0.0.7' } },
      { line: 'missing' },
      { line: 'error', metadata: { __error__: 'e' } },
    ];
    const ip = (op: '=' | '!='): LabelPredicate => ({ kind: 'Ip', name: 'x', op, pattern: '10.0.0.0/8' });
    expect(linesOf(run(ip('='), rows))).toEqual(['in', 'error']);
    expect(linesOf(run(ip('!='), rows))).toEqual(['out', 'error']);
  });

  test('stream labels are filtered too (fact 120)', () => {
    const rows = [
      { line: 'a', stream: { x: '1' } },
      { line: 'b', stream: { x: '2' } },
    ];
    expect(linesOf(run(number('==', 2), rows))).toEqual(['b']);
  });
});
