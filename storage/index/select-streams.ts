import type { CompiledMatcher } from '../../src/common/compiled-matcher.ts';
import { compareUtf8 } from '../../src/common/utf8.ts';
import type { ChunkIndex } from './chunk-index.ts';
import type { StringTable } from './section-reader.ts';

/** A matcher that remembers its answers, so that a regular expression runs once per distinct value and query. */
export interface ValueTest {
  readonly name: string;
  readonly matches: (value: string) => boolean;
  /** Streams without the label match, because a missing label is the empty string (spec fact 92). */
  readonly matchesEmpty: boolean;
  /** The only value that can match, if there is just one. */
  readonly only: string | null;
}

export function rememberingTest(compiled: CompiledMatcher): ValueTest {
  const { name, op, value } = compiled.matcher;
  const known = new Map<string, boolean>();
  return {
    name,
    matches(text) {
      let answer = known.get(text);
      if (answer === undefined) known.set(text, (answer = compiled.matches(text)));
      return answer;
    },
    matchesEmpty: compiled.matches(''),
    only: op === '=' && value !== '' ? value : null,
  };
}

/** Ordinals of the chunk's streams that pass all tests, ascending. */
export function selectStreams(index: ChunkIndex, tests: readonly ValueTest[]): Uint32Array {
  const alive = new Uint8Array(index.summary.streams).fill(1);
  const marks = new Uint8Array(alive.length);
  for (const test of tests) {
    marks.fill(0);
    // Postings know only labels that are there: mark what passes, or what fails where a missing label passes.
    markPostings(index, test, marks);
    const wanted = test.matchesEmpty ? 0 : 1;
    for (let i = 0; i < alive.length; i++) if (marks[i] !== wanted) alive[i] = 0;
  }
  return ordinalsOf(alive);
}

/** Marks the streams whose value passes, or fails where `matchesEmpty`. */
function markPostings(index: ChunkIndex, test: ValueTest, marks: Uint8Array): void {
  const symbols = index.symbols();
  const { value, first, stream } = index.postings();
  const { start, end } = pairsOf(index, test.name);
  const only = test.only === null ? -1 : findSymbol(symbols, test.only);
  if (test.only !== null && only < 0) return;
  for (let pair = start; pair < end; pair++) {
    const symbol = value[pair];
    if (only >= 0 ? symbol !== only : test.matches(symbols.at(symbol)) === test.matchesEmpty) continue;
    for (let i = first[pair]; i < first[pair + 1]; i++) marks[stream[i]] = 1;
  }
}

/** The pairs of a label name: they are neighbours, because pairs are sorted by name. */
export function pairsOf(index: ChunkIndex, labelName: string): { start: number; end: number } {
  const symbol = findSymbol(index.symbols(), labelName);
  if (symbol < 0) return { start: 0, end: 0 };
  const { name } = index.postings();
  return { start: lowerBound(name, symbol), end: lowerBound(name, symbol + 1) };
}

/** The number of a symbol, or -1. */
function findSymbol(symbols: StringTable, text: string): number {
  let low = 0;
  let high = symbols.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(symbols.at(middle), text) < 0) low = middle + 1;
    else high = middle;
  }
  return low < symbols.length && symbols.at(low) === text ? low : -1;
}

/** The first position whose item is not below `bound`. */
function lowerBound(sorted: Uint32Array, bound: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

function ordinalsOf(alive: Uint8Array): Uint32Array {
  let count = 0;
  for (let i = 0; i < alive.length; i++) count += alive[i];
  const ordinals = new Uint32Array(count);
  for (let i = 0, at = 0; at < count; i++) if (alive[i] === 1) ordinals[at++] = i;
  return ordinals;
}
