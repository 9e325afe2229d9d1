/** Words of a line that are looked at; what follows is one wildcard. */
const WORDS_MAX = 100;
/** Characters of a line that are looked at. */
const LENGTH_MAX = 3000;

const COLON = 0x3a;
/** Characters that stand between words. Not among them are `_ - . : /`, which hold ids, times, addresses and paths together. */
const IS_DELIMITER = new Uint8Array(128);
for (const char of ' \t\n\r\v\f="\'`,;()[]{}<>|!?*&#@$%^~\\+') IS_DELIMITER[char.charCodeAt(0)] = 1;

/**
 * The words of a line and what stands between them: `gaps[i]` before `words[i]`, the last gap behind all of them. Joined
 * they are the line, but for what `before` and `after` say is left out at its ends.
 */
export interface TokenizedLine {
  readonly words: readonly string[];
  readonly gaps: readonly string[];
  readonly before: boolean;
  readonly after: boolean;
}

/** Cuts the part `[start, end)` of a line into words. */
export function tokenize(line: string, start = 0, end = line.length): TokenizedLine {
  const words: string[] = [];
  const gaps: string[] = [];
  const stop = Math.min(end, start + LENGTH_MAX);
  let at = start;
  for (;;) {
    let wordStart = at;
    while (wordStart < stop && isBeforeWord(line.charCodeAt(wordStart))) wordStart++;
    gaps.push(line.slice(at, wordStart));
    if (wordStart === stop || words.length === WORDS_MAX) {
      at = wordStart;
      break;
    }
    at = wordStart + 1;
    while (at < stop && !isDelimiter(line.charCodeAt(at))) at++;
    words.push(line.slice(wordStart, at));
  }
  // A word that was cut at the end of what is looked at belongs to the wildcard.
  if (at === stop && stop < end && gaps.at(-1) === '') {
    gaps.pop();
    words.pop();
  }
  return { words, gaps, before: start > 0, after: at < end || stop < end || end < line.length };
}

/** A word does not start with a colon: in JSON one stands between a key and its value. */
function isBeforeWord(code: number): boolean {
  return code === COLON || isDelimiter(code);
}

function isDelimiter(code: number): boolean {
  return code < 128 && IS_DELIMITER[code] === 1;
}
