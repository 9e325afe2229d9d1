import { describe, expect, test } from 'vitest';
import type { LabelPredicate } from '../../planner/ir/stage.ts';
import { batchOfLines, batchOfRows, labelsOf, linesOf } from '../stages/testing/lines-batch.ts';
import { compileJson } from './json.ts';
import { compileLogfmt } from './logfmt.ts';
import { compilePattern } from './pattern.ts';
import { compileRegexpParser } from './regexp.ts';
import { compileUnpack } from './unpack.ts';

const levelIsError: LabelPredicate = { kind: 'String', matcher: { name: 'level', op: '=', value: 'error' } };
const statusAbove500: LabelPredicate = { kind: 'Number', name: 'status', op: '>=', value: 500 };

describe('immediate filters (fact 48)', () => {
  test('drop a row whose label the parser set and the filter refuses', () => {
    const batch = batchOfLines(['level=info', 'level=error', 'none=1']);
    compileLogfmt({ strict: false, keepEmpty: false, needed: 'all', immediateFilters: [levelIsError] }).parse(batch);
    expect(linesOf(batch)).toEqual(['level=error', 'none=1']);
  });

  test('are asked before the line is known to be broken', () => {
    const batch = batchOfLines(['{"status":200,"x":"cut', '{"status":500,"x":"cut', '{"x":"cut']);
    compileJson({ needed: 'all', immediateFilters: [statusAbove500] }).parse(batch);
    expect(linesOf(batch)).toEqual(['{"status":500,"x":"cut', '{"x":"cut']);
    expect(labelsOf(batch).map((labels) => labels.__error__)).toEqual(['JSONParserErr', 'JSONParserErr']);
  });

  test('do not look at labels that the row had before', () => {
    const batch = batchOfRows([
      { line: 'level=info', stream: { level: 'debug' } },
      { line: 'level=info', metadata: { level: 'debug' } },
    ]);
    compileLogfmt({ strict: false, keepEmpty: false, needed: 'all', immediateFilters: [levelIsError] }).parse(batch);
    expect(batch.selectedCount).toBe(2);
    const again = batchOfLines(['level=info']);
    compileLogfmt({ strict: false, keepEmpty: false, needed: 'all' }).parse(again);
    compileJson({ needed: 'all', immediateFilters: [levelIsError] }).parse(again);
    expect(again.selectedCount).toBe(1);
  });

  test('work with every parser', () => {
    const immediateFilters = [levelIsError];
    const regexp = batchOfLines(['info x', 'error x']);
    compileRegexpParser({ pattern: '(?P<level>\\w+) x', needed: 'all', immediateFilters }).parse(regexp);
    expect(linesOf(regexp)).toEqual(['error x']);
    const pattern = batchOfLines(['info x', 'error x']);
    const parts = [{ kind: 'Capture', name: 'level' } as const, { kind: 'Literal', text: ' x' } as const];
    compilePattern({ parts, needed: 'all', immediateFilters }).parse(pattern);
    expect(linesOf(pattern)).toEqual(['error x']);
    const unpack = batchOfLines([
      '{"level":"info","_entry":"a"}',
      '{"level":"error","_entry":"b"}',
      '{"level":"info"}',
    ]);
    compileUnpack({ needed: 'all', immediateFilters }).parse(unpack);
    expect(linesOf(unpack)).toEqual(['b', '{"level":"info"}']);
  });
});
