import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonParser, LabelPredicate, LogfmtParser } from '../../planner/ir/stage.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import { batchOfLines, labelsOf } from '../stages/testing/lines-batch.ts';
import { compileJson } from './json.ts';
import type { LineParser } from './line-parser.ts';
import { compileLogfmt } from './logfmt.ts';

type Stage = Pick<JsonParser, 'needed' | 'wholeLine' | 'preserveErrors' | 'immediateFilters'>;

const number = (name: string, value: number): LabelPredicate => ({ kind: 'Number', name, op: '>=', value });

const stage: fc.Arbitrary<Stage> = fc.record(
  {
    needed: fc.oneof(
      fc.constantFrom('all' as const, ['a'], ['a', 'b']),
      fc.subarray(['a', 'b', 'c', 'n_x', 'a_extracted', 'none']),
    ),
    wholeLine: fc.constant(true as const),
    preserveErrors: fc.constant(true as const),
    immediateFilters: fc.subarray([number('a', 2), number('b', 2), number('none', 1)], { maxLength: 2 }),
  },
  { requiredKeys: ['needed', 'immediateFilters'] },
);

const value = fc.oneof(
  { weight: 4, arbitrary: fc.nat(4).map(String) },
  fc.constantFrom(
    '"1"',
    '"x"',
    '"é"',
    '"\\u0041"',
    '"a\\"b"',
    'null',
    'true',
    '-1.5e3',
    '{"x":1}',
    '[1]',
    '"\ufffd"',
    '"',
  ),
);
const usual = fc.tuple(value, value, value).map(([a, b, c]) => `{"a":${a},"b":${b},"n":{"x":"}"},"c":${c}}`);
const unusual = fc.oneof(
  fc.tuple(value, value).map(([a, b]) => `{"b":${b}, "a":${a}}`),
  fc.tuple(value, value).map(([a, again]) => `{"a":${a},"a":${again},"b":1}`),
  fc.constantFrom('', '{', '{}', '{"a":1', '{"a":1,"b":', '[]', 'text', '{"a":1,"a":2,"b":3,"c":4}', '{"a":1}{"b":2}'),
);
const lines = fc.array(fc.oneof({ weight: 6, arbitrary: usual }, unusual), { minLength: 1, maxLength: 40 });

const pairStage: fc.Arbitrary<
  Pick<LogfmtParser, 'strict' | 'keepEmpty' | 'needed' | 'preserveErrors' | 'immediateFilters'>
> = fc.record(
  {
    strict: fc.boolean(),
    keepEmpty: fc.boolean(),
    needed: fc.oneof(
      fc.constantFrom('all' as const, ['a'], ['a', 'b']),
      fc.subarray(['a', 'b', 'c', 'a_extracted', 'none', '__error__']),
    ),
    preserveErrors: fc.constant(true as const),
    immediateFilters: fc.subarray([number('a', 2), number('b', 2), number('none', 1)], { maxLength: 2 }),
  },
  { requiredKeys: ['strict', 'keepEmpty', 'needed', 'immediateFilters'] },
);
const pairValue = fc.oneof(
  { weight: 4, arbitrary: fc.nat(4).map(String) },
  fc.constantFrom('', '""', '"1 2"', '"é"', '"\\n"', '"\\x"', 'x=y', 'x"', '"open', 'é', '\ufffd', '-1.5'),
);
const usualPairs = fc.tuple(pairValue, pairValue, pairValue).map(([a, b, c]) => `t=0 a=${a} b=${b} c=${c}`);
const unusualPairs = fc.oneof(
  fc.tuple(pairValue, pairValue).map(([a, b]) => `b=${b} a=${a}`),
  fc.tuple(pairValue, pairValue).map(([a, again]) => `a=${a} a=${again} b=1`),
  fc.constantFrom(
    '',
    ' ',
    'text',
    't=0 bare a=1 b=2',
    't=0  a=1\tb=2',
    't="0"a=1 b=2 c=3',
    '=1',
    't= a=1 b=2',
    't=0 a',
  ),
);
const pairLines = fc.array(fc.oneof({ weight: 6, arbitrary: usualPairs }, unusualPairs), {
  minLength: 1,
  maxLength: 40,
});

/** What is left of the lines, with all labels, when so many go through the parser at a time. */
function parsed(all: readonly string[], parser: LineParser, atOnce: number, soundJson = false): string[] {
  const rows: string[] = [];
  for (let from = 0; from < all.length; from += atOnce) {
    const batch: MutableBatch = batchOfLines(all.slice(from, from + atOnce));
    if (soundJson && batch.line !== null) batch.line = { ...batch.line, soundJson };
    parser.parse(batch);
    const labels = labelsOf(batch);
    rows.push(...labels.map((set, i) => `${from + batch.selection[i]} ${JSON.stringify(set)}`));
  }
  return rows;
}

function isSound(line: string): boolean {
  if (!line.startsWith('{')) return true;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

describe('fields of many lines at once', () => {
  test('are those of one line after the other', () => {
    fc.assert(
      fc.property(lines, stage, fc.integer({ min: 4, max: 12 }), (all, options, atOnce) => {
        expect(parsed(all, compileJson(options), atOnce)).toEqual(parsed(all, compileJson(options), 1));
      }),
      { numRuns: 2000 },
    );
  });

  test('are the same where lines are known to be sound', () => {
    fc.assert(
      fc.property(lines, stage, fc.integer({ min: 4, max: 12 }), (all, options, atOnce) => {
        const sound = all.filter(isSound);
        expect(parsed(sound, compileJson(options), atOnce, true)).toEqual(parsed(sound, compileJson(options), 1, true));
      }),
      { numRuns: 2000 },
    );
  });

  test('are the same in logfmt', () => {
    fc.assert(
      fc.property(pairLines, pairStage, fc.integer({ min: 4, max: 12 }), (all, options, atOnce) => {
        expect(parsed(all, compileLogfmt(options), atOnce)).toEqual(parsed(all, compileLogfmt(options), 1));
      }),
      { numRuns: 3000 },
    );
  });
});
