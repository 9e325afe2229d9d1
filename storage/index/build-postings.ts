import type { Labels } from '../../src/common/labels.ts';
import { compareUtf8 } from '../../src/common/utf8.ts';

/** Label pairs of streams as symbol numbers, and the streams of every pair (docs/format/index.md, sections 3 to 5). */
export interface StreamTable {
  readonly symbols: readonly string[];
  readonly firstPair: Uint32Array;
  readonly pairName: Uint32Array;
  readonly pairValue: Uint32Array;
  readonly postings: Postings;
}

export interface Postings {
  /** Of distinct pairs, sorted by name symbol, then value symbol. */
  readonly name: Uint32Array;
  readonly value: Uint32Array;
  readonly first: Uint32Array;
  /** Stream ordinals, ascending within a pair. */
  readonly stream: Uint32Array;
}

export function buildStreamTable(streams: readonly Labels[]): StreamTable {
  const { symbols, numberOf } = collectSymbols(streams);
  const pairCount = streams.reduce((sum, labels) => sum + labels.pairs.length, 0);
  const firstPair = new Uint32Array(streams.length + 1);
  const pairName = new Uint32Array(pairCount);
  const pairValue = new Uint32Array(pairCount);
  let pair = 0;
  for (const [ordinal, labels] of streams.entries()) {
    for (const [name, value] of labels.pairs) {
      pairName[pair] = numberOf.get(name) as number;
      pairValue[pair] = numberOf.get(value) as number;
      pair++;
    }
    firstPair[ordinal + 1] = pair;
  }
  const postings = buildPostings(firstPair, pairName, pairValue, symbols.length);
  return { symbols, firstPair, pairName, pairValue, postings };
}

function collectSymbols(streams: readonly Labels[]): { symbols: string[]; numberOf: Map<string, number> } {
  const distinct = new Set<string>();
  for (const { pairs } of streams) {
    for (const [name, value] of pairs) {
      distinct.add(name);
      distinct.add(value);
    }
  }
  const symbols = [...distinct].sort(compareUtf8);
  return { symbols, numberOf: new Map(symbols.map((symbol, number) => [symbol, number])) };
}

function buildPostings(firstPair: Uint32Array, name: Uint32Array, value: Uint32Array, symbolCount: number): Postings {
  // A pair is one number below 2^53: symbol counts are far below 2^26.
  const codes = new Float64Array(name.length);
  for (let i = 0; i < codes.length; i++) codes[i] = name[i] * symbolCount + value[i];
  const distinct = [...new Set(codes)].sort((a, b) => a - b);
  const numberOf = new Map(distinct.map((code, number) => [code, number]));
  const first = new Uint32Array(distinct.length + 1);
  for (const code of codes) {
    const slot = (numberOf.get(code) as number) + 1;
    first[slot] = first[slot] + 1;
  }
  for (let i = 1; i < first.length; i++) first[i] = first[i] + first[i - 1];
  const next = first.slice();
  const stream = new Uint32Array(codes.length);
  for (let ordinal = 0; ordinal + 1 < firstPair.length; ordinal++) {
    for (let pair = firstPair[ordinal]; pair < firstPair[ordinal + 1]; pair++) {
      const number = numberOf.get(codes[pair]) as number;
      const at = next[number];
      stream[at] = ordinal;
      next[number] = at + 1;
    }
  }
  return {
    name: Uint32Array.from(distinct, (code) => Math.floor(code / symbolCount)),
    value: Uint32Array.from(distinct, (code) => code % symbolCount),
    first,
    stream,
  };
}
