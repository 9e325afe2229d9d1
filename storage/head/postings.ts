import { compileMatcher, matchesAll } from '../../src/common/compiled-matcher.ts';
import type { CompiledMatcher } from '../../src/common/compiled-matcher.ts';
import type { Labels } from '../../src/common/labels.ts';
import type { Matcher } from '../../src/common/matcher.ts';

/** Label pair → stream ordinals, ascending. */
export class Postings {
  readonly #streams: readonly Labels[];
  readonly #byName = new Map<string, Map<string, number[]>>();

  /** `streams` is the table that ordinals refer to. */
  constructor(streams: readonly Labels[]) {
    this.#streams = streams;
  }

  /** Ordinals are added in ascending order. */
  add(ordinal: number, labels: Labels): void {
    for (const [name, value] of labels.pairs) {
      const byValue = this.#byName.get(name) ?? new Map<string, number[]>();
      if (byValue.size === 0) this.#byName.set(name, byValue);
      const ordinals = byValue.get(value);
      if (ordinals === undefined) byValue.set(value, [ordinal]);
      else ordinals.push(ordinal);
    }
  }

  /** Ordinals of the streams that pass all matchers, ascending. Errors: `bad_query` for a bad regular expression. */
  select(matchers: readonly Matcher[]): Uint32Array {
    const compiled = matchers.map((matcher) => remembering(compileMatcher(matcher)));
    const candidates = this.#candidates(compiled);
    const selected = candidates.filter((ordinal) => matchesAll(compiled, this.#streams[ordinal]));
    return Uint32Array.from(selected);
  }

  /** The smallest set that the postings of one matcher allow; all streams if every matcher lets a missing label pass. */
  #candidates(matchers: readonly CompiledMatcher[]): number[] {
    let best: number[] | null = null;
    for (const matcher of matchers) {
      if (matcher.matches('')) continue;
      const lists = this.#listsOf(matcher);
      const count = lists.reduce((sum, list) => sum + list.length, 0);
      if (best !== null && count >= best.length) continue;
      best = lists.length === 1 ? lists[0] : lists.flat().sort((a, b) => a - b);
    }
    return best ?? this.#streams.map((_, ordinal) => ordinal);
  }

  #listsOf({ matcher, matches }: CompiledMatcher): number[][] {
    const byValue = this.#byName.get(matcher.name);
    if (byValue === undefined) return [];
    if (matcher.op === '=') {
      const list = byValue.get(matcher.value);
      return list === undefined ? [] : [list];
    }
    return [...byValue].filter(([value]) => matches(value)).map(([, list]) => list);
  }
}

/** Tests each value once: many streams share values. */
function remembering({ matcher, matches }: CompiledMatcher): CompiledMatcher {
  const results = new Map<string, boolean>();
  return {
    matcher,
    matches(value) {
      let result = results.get(value);
      if (result === undefined) results.set(value, (result = matches(value)));
      return result;
    },
  };
}
