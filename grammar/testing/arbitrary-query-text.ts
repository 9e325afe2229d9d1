import fc from 'fast-check';
import { type Production, productions } from '../syntax-error/productions.ts';
import { displayOf, tokenOrder } from '../tokens.ts';

/** A text for every token, by display. */
const SAMPLES: Readonly<Record<string, string>> = {
  BYTES: '5KB',
  IDENTIFIER: 'foo',
  STRING: '"x"',
  NUMBER: '5',
  PARSER_FLAG: '--strict',
  DURATION: '5m',
  RANGE: '[5m]',
  BYTES_CONV: 'bytes',
  DURATION_CONV: 'duration',
  DURATION_SECONDS_CONV: 'duration_seconds',
};

export function sampleOf(display: string): string {
  return SAMPLES[display] ?? display.toLowerCase();
}

const bodies = Map.groupBy(productions, (production) => production.head);

/** Fewest tokens that each symbol can become; found by going round until nothing changes. */
const shortest = new Map<string, number>();
for (let changed = true; changed;) {
  changed = false;
  for (const { head, body } of productions) {
    const length = lengthOf(body);
    if (length >= (shortest.get(head) ?? Infinity)) continue;
    shortest.set(head, length);
    changed = true;
  }
}

function lengthOf(body: readonly string[]): number {
  return body.reduce((sum, symbol) => sum + (bodies.has(symbol) ? (shortest.get(symbol) ?? Infinity) : 1), 0);
}

function shortestOf(options: readonly Production[]): Production | undefined {
  return options.toSorted((a, b) => lengthOf(a.body) - lengthOf(b.body))[0];
}

/** A sentence of the grammar: each number chooses a production; when they run out, the shortest one is taken. */
function sentence(choices: readonly number[]): string[] {
  const tokens: string[] = [];
  const open = ['query'];
  let used = 0;
  for (let symbol = open.pop(); symbol !== undefined; symbol = open.pop()) {
    const options = bodies.get(symbol);
    if (options === undefined) {
      tokens.push(symbol);
      continue;
    }
    const choice = choices[used++];
    const production = choice === undefined ? shortestOf(options) : options[choice % options.length];
    open.push(...(production?.body ?? []).toReversed());
  }
  return tokens;
}

const CHOICES_MAX = 60;
const displays = tokenOrder.map(displayOf);

/** Rows of token displays that are queries by the grammar (not by the checks). */
export const arbitrarySentence: fc.Arbitrary<string[]> = fc
  .array(fc.nat({ max: 1000 }), { maxLength: CHOICES_MAX })
  .map(sentence);

/** Sentences with a few tokens taken out, put in or exchanged, and rows of any tokens. */
export const arbitraryTokenRow: fc.Arbitrary<string[]> = fc.oneof(
  fc
    .tuple(
      arbitrarySentence,
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.constantFrom(...displays)), { minLength: 1, maxLength: 2 }),
    )
    .map(([tokens, edits]) => {
      const out = [...tokens];
      for (const [where, removed, display] of edits) {
        const at = where % (out.length + 1);
        if (removed === 2) out.splice(at, 1);
        else out.splice(at, removed, display);
      }
      return out;
    }),
  fc.array(fc.constantFrom(...displays), { maxLength: 8 }),
);

/** The text of a token row. */
export function textOf(tokens: readonly string[]): string {
  return tokens.map(sampleOf).join(' ');
}
