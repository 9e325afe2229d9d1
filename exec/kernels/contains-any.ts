import type { CaseMode } from '../../src/common/regexp/literals.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import type { TextColumn } from '../batch/text-column.ts';
import { containsTest } from './contains.ts';
import { textSequence } from './find-sequences/text-sequences.ts';
import { bytePattern } from './fold.ts';
import { isRareByte } from './rare-byte.ts';
import { anyTest, isDense, type LineTest, type RowTest } from './row-test.ts';
import { sequenceTest } from './sequence-test.ts';

/** Up to here, one byte search per literal beats one expression for all of them. */
const SEPARATE_SEARCHES_MAX = 2;
/** Literals in one expression; more are several expressions. */
const EXPRESSION_LITERALS_MAX = 64;

/** Rows that contain at least one of `texts`, none of which is empty. */
export function containsAnyTest(texts: readonly string[], mode: CaseMode): RowTest {
  const otherwise = searchTest(texts, mode);
  const sequences = texts.map((text) => textSequence(text, mode));
  const perhaps = singleTest(texts.map((text) => bytePattern(text, mode)).join('|'));
  const test = sequenceTest(sequences, { perhaps, found: null, otherwise });
  if (test === null) return otherwise;
  return mode === 'none' && texts.length === 1 ? unlessRare(encodeUtf8(texts[0])[0], otherwise, test) : test;
}

/** The engine's search for a text goes from one occurrence of its first byte to the next: faster than all else where that is rare. */
function unlessRare(firstByte: number, search: RowTest, otherwise: RowTest): RowTest {
  return {
    mark: (line, selection, count, marks) => {
      if (count === 0) return;
      const { offsets, values } = line;
      const isRare = isRareByte(firstByte, values, offsets[selection[0]], offsets[selection[count - 1] + 1]);
      (isRare ? search : otherwise).mark(line, selection, count, marks);
    },
  };
}

/** The same with searches of the JavaScript engine. */
function searchTest(texts: readonly string[], mode: CaseMode): RowTest {
  if (mode === 'none' && texts.length <= SEPARATE_SEARCHES_MAX) {
    return anyTest(texts.map((text) => containsTest(encodeUtf8(text))));
  }
  const tests: RowTest[] = [];
  for (let first = 0; first < texts.length; first += EXPRESSION_LITERALS_MAX) {
    const group = texts.slice(first, first + EXPRESSION_LITERALS_MAX);
    tests.push(expressionTest(group.map((text) => bytePattern(text, mode)).join('|')));
  }
  return anyTest(tests);
}

type Slice = (this: Uint8Array, start: number, end: number) => string;
const { latin1Slice } = Buffer.prototype as { latin1Slice: Slice };

/** One line, by an expression over Latin-1. */
function singleTest(source: string): LineTest {
  const single = new RegExp(source);
  return (values, start, end) => single.test(latin1Slice.call(values, start, end));
}

/** `source` is a choice of literals over Latin-1: its cost per byte is bounded by their number and length. */
function expressionTest(source: string): RowTest {
  const search = new RegExp(source, 'g');
  const single = new RegExp(source);
  return {
    mark: (line, selection, count, marks) => {
      if (count === 0) return;
      if (isDense(line, selection, count)) markDense(search, single, line, selection, count, marks);
      else markSparse(single, line, selection, count, marks);
    },
  };
}

/** One search over the text of the whole region; hits are mapped to rows by the offsets. */
function markDense(
  search: RegExp,
  single: RegExp,
  { offsets, values }: TextColumn,
  selection: Uint32Array,
  count: number,
  marks: Uint8Array,
): void {
  const base = offsets[selection[0]];
  const text = latin1Slice.call(values, base, offsets[selection[count - 1] + 1]);
  search.lastIndex = 0;
  for (let i = 0; ;) {
    const match = search.exec(text);
    if (match === null) return;
    const hit = base + match.index;
    while (i < count && offsets[selection[i] + 1] <= hit) i++;
    if (i === count) return;
    const start = offsets[selection[i]];
    const end = offsets[selection[i] + 1];
    if (hit < start) {
      search.lastIndex = start - base;
      continue;
    }
    // A hit that reaches into the next row hides shorter literals in this one.
    if (base + search.lastIndex <= end || single.test(text.slice(match.index, end - base))) marks[i] = 1;
    search.lastIndex = end - base;
  }
}

function markSparse(
  single: RegExp,
  { offsets, values }: TextColumn,
  selection: Uint32Array,
  count: number,
  marks: Uint8Array,
): void {
  for (let i = 0; i < count; i++) {
    const row = selection[i];
    if (marks[i] === 0 && single.test(latin1Slice.call(values, offsets[row], offsets[row + 1]))) marks[i] = 1;
  }
}
