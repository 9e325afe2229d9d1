import type { TokenizedLine } from './tokenize.ts';

const WILDCARD = '<_>';

/**
 * A pattern as `|>` takes it: words and gaps, `<_>` for each wildcard, neighbours as one. Text that would be a named
 * capture (`<div>`) is a wildcard as well. Empty when nothing but wildcards is left.
 */
export function patternText(words: readonly (string | null)[], { gaps, before, after }: TokenizedLine): string {
  let text = before ? WILDCARD : '';
  for (let i = 0; i < words.length; i++) text += gaps[i] + (words[i] ?? WILDCARD);
  text += (gaps.length > words.length ? gaps[words.length] : '') + (after ? WILDCARD : '');
  const joined = text.replaceAll(/<[A-Za-z_][A-Za-z0-9_]*>/g, WILDCARD).replaceAll(/(?:<_>){2,}/g, WILDCARD);
  return joined === WILDCARD ? '' : joined;
}
