import { unreachable } from '../../src/common/assert.ts';
import { compileRegexp } from '../../src/common/regexp/compile.ts';
import { type LiteralSet, requiredLiterals } from '../../src/common/regexp/literals.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import type { LineFilter, LineFilterOp } from '../../planner/ir/stage.ts';
import type { TextColumn } from '../batch/text-column.ts';
import { equalsTest, prefixTest, suffixTest } from './contains.ts';
import { containsAnyTest } from './contains-any.ts';
import { regexpSequences } from './find-sequences/regexp-sequences.ts';
import { compileIpMatcher } from './ip-search.ts';
import { patternTest } from './pattern-filter.ts';
import { anyTest, eachRow, everyRow, guardedTest, type LineTest, type RowTest } from './row-test.ts';
import { sequenceTest } from './sequence-test.ts';

/** A line filter ready to run. Not shared between threads: it keeps scratch memory. */
export interface LineMatcher {
  /**
   * Writes the rows of `selection[0 .. count)` (ascending) that pass to `out`, in the same order, and returns how many
   * there are. `out` may be `selection`.
   */
  select(line: TextColumn, selection: Uint32Array, count: number, out: Uint32Array): number;
}

/** Throws SkaldError `bad_query` for an invalid expression, address pattern or line pattern. */
export function compileLineFilter(filter: LineFilter): LineMatcher {
  const test = filterTest(filter);
  const kept = filter.op.startsWith('!') ? 0 : 1;
  let marks = new Uint8Array(0);
  return {
    select: (line, selection, count, out) => {
      if (marks.length < count) marks = new Uint8Array(count);
      marks.fill(0, 0, count);
      test.mark(line, selection, count, marks);
      let keptCount = 0;
      for (let i = 0; i < count; i++) if (marks[i] === kept) out[keptCount++] = selection[i];
      return keptCount;
    },
  };
}

/** Rows that match at least one alternative (spec fact 103). */
function filterTest({ op, alternatives }: LineFilter): RowTest {
  const [only] = alternatives;
  if (alternatives.length === 1) return only.ip ? eachRow(compileIpMatcher(only.value)) : valueTest(op, only.value);
  // In a chain ip() is plain text (spec fact 104), and empty alternatives do not count (spec fact 103), except among
  // patterns, where the empty one stands for empty lines (spec fact 105).
  const isPattern = op === '|>' || op === '!>';
  const values = alternatives.map(({ value }) => value).filter((value) => isPattern || value !== '');
  if (values.length === 0) return valueTest(op, '');
  if (op === '|=' || op === '!=') return containsAnyTest(values, 'none');
  return anyTest(values.map((value) => valueTest(op, value)));
}

function valueTest(op: LineFilterOp, value: string): RowTest {
  switch (op) {
    case '|=':
    case '!=':
      return value === '' ? everyRow : containsAnyTest([value], 'none');
    case '|~':
    case '!~':
      return regexpTest(value);
    case '|>':
    case '!>':
      return patternTest(value);
    default:
      return unreachable(op);
  }
}

const notEmpty: LineTest = (_values, start, end) => end > start;

/** The engine runs only where literals do not decide, on rows that have the literals that every match needs. */
function regexpTest(pattern: string): RowTest {
  const meaning = requiredLiterals(pattern);
  switch (meaning.kind) {
    case 'All':
      return everyRow;
    case 'NonEmpty':
      return eachRow(notEmpty);
    case 'Contains':
      return containsAnyTest(meaning.literals.texts, meaning.literals.caseMode);
    case 'Equals':
      return anyTest(meaning.texts.map((text) => eachRow(equalsTest(encodeUtf8(text)))));
    case 'Prefix':
      return anyTest(meaning.texts.map((text) => eachRow(prefixTest(encodeUtf8(text)))));
    case 'Suffix':
      return anyTest(meaning.texts.map((text) => eachRow(suffixTest(encodeUtf8(text)))));
    case 'Other':
      return engineTest(pattern, meaning.required);
    default:
      return unreachable(meaning);
  }
}

/** Literals are searched first where that is known to help; the engine runs on rows that can match. */
function engineTest(pattern: string, required: LiteralSet | null): RowTest {
  const regexp = compileRegexp(pattern);
  const test: LineTest = (values, start, end) => regexp.testBytes(values, start, end);
  const known = regexpSequences(pattern);
  const otherwise =
    required === null ? eachRow(test) : guardedTest(containsAnyTest(required.texts, required.caseMode), test);
  if (known === null) return otherwise;
  const found = known.isExact ? null : test;
  return sequenceTest(known.sequences, { perhaps: test, found, otherwise }) ?? otherwise;
}
