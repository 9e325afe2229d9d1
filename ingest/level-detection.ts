import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../src/common/json-bytes.ts';
import { LevelWordScanner } from './scan-level-words/level-word-scanner.ts';

/** Levels that detection can find. A level code is 1 + the index here; 0 is none. */
export const LEVEL_NAMES = ['trace', 'debug', 'info', 'warn', 'error', 'critical', 'fatal', 'unknown'] as const;

export const NO_LEVEL = 0;
export const UNKNOWN_LEVEL = LEVEL_NAMES.length;

/** Every accepted spelling, lower case (features section 4, level values). */
const SPELLINGS: Readonly<Record<string, (typeof LEVEL_NAMES)[number]>> = {
  trace: 'trace',
  trc: 'trace',
  debug: 'debug',
  dbg: 'debug',
  info: 'info',
  inf: 'info',
  information: 'info',
  warn: 'warn',
  wrn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  critical: 'critical',
  fatal: 'fatal',
};

/** Words that the keyword scan looks for; of two that start alike, the longer first. */
const KEYWORDS = ['trace', 'debug', 'fatal', 'critical', 'error', 'err', 'warning', 'warn', 'info'] as const;

interface Word {
  readonly bytes: Uint8Array;
  readonly code: number;
}

const codeOf = (spelling: string): number => LEVEL_NAMES.indexOf(SPELLINGS[spelling] ?? 'unknown') + 1;
const wordOf = (text: string): Word => ({ bytes: Buffer.from(text), code: codeOf(text) });

const SPELLING_LENGTH_MAX = 11;
const SPELLINGS_BY_LENGTH: readonly (readonly Word[])[] = Array.from({ length: SPELLING_LENGTH_MAX + 1 }, (_, length) =>
  Object.keys(SPELLINGS)
    .filter((text) => text.length === length)
    .map(wordOf),
);
const KEYWORDS_BY_FIRST: readonly (readonly Word[])[] = Array.from({ length: 256 }, (_, byte) =>
  KEYWORDS.filter((text) => text.charCodeAt(0) === (byte | 0x20) && /[a-z]/i.test(String.fromCharCode(byte))).map(
    wordOf,
  ),
);

const FIRST_OF_KEYWORD = 1;
const EQUALS_SIGN = 2;
const LEFT_BOUNDARY = 4;
const RIGHT_BOUNDARY = 8;
/** Shifts the boundary bit of one byte onto the letter bit of the next. */
const LEFT_TO_FIRST = 2;
const BYTE_CLASS = new Uint8Array(256);
for (const word of KEYWORDS) {
  for (const text of [word, word.toUpperCase()]) BYTE_CLASS[text.charCodeAt(0)] |= FIRST_OF_KEYWORD;
}
const BOUNDARIES = { left: ' \t\n[({"=', right: ' \t\n[({"=]}):,!' } as const;
for (const char of BOUNDARIES.left) BYTE_CLASS[char.charCodeAt(0)] |= LEFT_BOUNDARY;
for (const char of BOUNDARIES.right) BYTE_CLASS[char.charCodeAt(0)] |= RIGHT_BOUNDARY;
BYTE_CLASS[0x3d] |= EQUALS_SIGN;

/** One for all: a push is decoded in one turn. */
const scanner = new LevelWordScanner(KEYWORDS.map(wordOf), BOUNDARIES);

/**
 * Lets lines of the body be scanned many bytes at a time, until another one, or null, is said: those that were not detected
 * yet must not change.
 */
export function scanBody(body: Uint8Array | null): void {
  scanner.load(body);
}

/** Do the bytes from `start` on equal the lower-case ASCII `word`, whatever their case? The caller checked the length. */
function equalsFold(bytes: Uint8Array, start: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) {
    const byte = bytes[start + i];
    if (byte === word[i]) continue;
    if (byte < 0x41 || byte > 0x5a || (byte | 0x20) !== word[i]) return false;
  }
  return true;
}

/** The code of a level written in `bytes[start, end)`, or NO_LEVEL when it is not a known spelling. */
export function levelOfBytes(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > SPELLING_LENGTH_MAX) return NO_LEVEL;
  for (const word of SPELLINGS_BY_LENGTH[end - start]) if (equalsFold(bytes, start, word.bytes)) return word.code;
  return NO_LEVEL;
}

/** `text` as level: its canonical name, or itself when it is not a known spelling (spec fact 199). */
export function normalizeLevel(text: string): string {
  const lower = text.toLowerCase();
  return Object.hasOwn(SPELLINGS, lower) ? SPELLINGS[lower] : text;
}

/** Code by OTLP severity number (features section 4). */
const SEVERITY_LEVELS: readonly number[] = Array.from({ length: 25 }, (_, number) =>
  number === 0
    ? UNKNOWN_LEVEL
    : codeOf((['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)[(number - 1) >> 2] ?? ''),
);

/** Code of an OTLP severity number in decimal; what is no number counts as info. */
export function levelOfSeverityNumber(bytes: Uint8Array, start: number, end: number): number {
  let number = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i] - 0x30;
    if (digit < 0 || digit > 9) return codeOf('info');
    number = Math.min(10 * number + digit, SEVERITY_LEVELS.length);
  }
  return end === start ? codeOf('info') : (SEVERITY_LEVELS[number] ?? UNKNOWN_LEVEL);
}

/** Field names found by their bytes: exact for JSON keys, ignoring ASCII case for logfmt keys. */
class FieldNames {
  readonly #byLength: (readonly { bytes: Uint8Array; rank: number }[])[];
  readonly #fold: boolean;

  constructor(names: readonly string[], fold: boolean) {
    const ranks = new Map<string, number>();
    names.forEach((name, rank) => {
      const key = fold ? name.toLowerCase() : name;
      if (!ranks.has(key)) ranks.set(key, rank);
    });
    const entries = [...ranks].map(([name, rank]) => ({ bytes: Buffer.from(name), rank }));
    const longest = Math.max(0, ...entries.map(({ bytes }) => bytes.length));
    this.#byLength = Array.from({ length: longest + 1 }, (_, n) => entries.filter(({ bytes }) => bytes.length === n));
    this.#fold = fold;
  }

  /** Position of the name in the list, or -1. */
  rankOf(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length >= this.#byLength.length) return -1;
    for (const name of this.#byLength[length]) {
      if (this.#fold ? equalsFold(bytes, start, name.bytes) : equalsExact(bytes, start, name.bytes)) return name.rank;
    }
    return -1;
  }
}

function equalsExact(bytes: Uint8Array, start: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}

/** Results of walking an object other than a position. */
const MALFORMED = -1;
const FOUND = -2;
/** Nesting that detection follows when the tenant's limit says "no limit". */
const JSON_DEPTH_MAX = 64;

/**
 * Finds the level of a line (spec facts 200 to 202): JSON fields for lines in braces, else logfmt fields for lines with
 * an equals sign, then the first level word. Works on bytes; nothing is allocated per line.
 */
export class LevelDetector {
  readonly #jsonFields: FieldNames;
  readonly #logfmtFields: FieldNames;
  readonly #depthMax: number;
  #foundLevel = NO_LEVEL;

  /** `jsonDepthMax` is log_level_from_json_max_depth: 1 looks at top-level keys only, 0 at all. */
  constructor(fields: readonly string[], jsonDepthMax: number) {
    this.#jsonFields = new FieldNames(fields, false);
    this.#logfmtFields = new FieldNames(fields, true);
    this.#depthMax = jsonDepthMax <= 0 ? JSON_DEPTH_MAX : Math.min(jsonDepthMax, JSON_DEPTH_MAX);
  }

  /** Level code of the line `bytes[start, end)`; UNKNOWN_LEVEL when it names none. */
  detect(bytes: Uint8Array, start: number, end: number): number {
    const first = skipSpace(bytes, start, end);
    if (first < end && bytes[first] === OPEN_BRACE && bytes[lastVisible(bytes, first, end)] === CLOSE_BRACE) {
      this.#foundLevel = NO_LEVEL;
      this.#walkObject(bytes, first, end, 1);
      return this.#foundLevel || scanKeywords(bytes, start, end) || UNKNOWN_LEVEL;
    }
    const scanned = scanWords(bytes, start, end);
    const keyword = scanned & KEYWORD_MASK;
    if (scanned >= HAS_EQUALS) {
      const level = logfmtLevel(bytes, first, end, this.#logfmtFields);
      if (level !== NO_LEVEL) return level;
    }
    return keyword === NO_LEVEL ? UNKNOWN_LEVEL : keyword;
  }

  /** Walks the object at `at` until a level field; returns the position after it, MALFORMED or FOUND. */
  #walkObject(bytes: Uint8Array, at: number, end: number, depth: number): number {
    let i = skipSpace(bytes, at + 1, end);
    if (i < end && bytes[i] === CLOSE_BRACE) return i + 1;
    while (i < end && bytes[i] === QUOTE) {
      const keyEnd = closingQuote(bytes, i + 1, end);
      if (keyEnd < 0) return MALFORMED;
      let value = skipSpace(bytes, keyEnd + 1, end);
      if (value >= end || bytes[value] !== COLON) return MALFORMED;
      value = skipSpace(bytes, value + 1, end);
      if (value >= end) return MALFORMED;
      const after = this.#walkValue(bytes, i + 1, keyEnd, value, end, depth);
      if (after < 0) return after;
      const next = skipSpace(bytes, after, end);
      if (next < end && bytes[next] === CLOSE_BRACE) return next + 1;
      if (next >= end || bytes[next] !== COMMA) return MALFORMED;
      i = skipSpace(bytes, next + 1, end);
    }
    return MALFORMED;
  }

  #walkValue(bytes: Uint8Array, key: number, keyEnd: number, value: number, end: number, depth: number): number {
    const byte = bytes[value];
    if (byte === QUOTE) {
      const close = closingQuote(bytes, value + 1, end);
      if (close < 0) return MALFORMED;
      if (this.#jsonFields.rankOf(bytes, key, keyEnd) < 0) return close + 1;
      this.#foundLevel = levelOfBytes(bytes, value + 1, close);
      return FOUND;
    }
    if (byte === OPEN_BRACE && depth < this.#depthMax) return this.#walkObject(bytes, value, end, depth + 1);
    return byte === OPEN_BRACE || byte === OPEN_BRACKET ? skipBlock(bytes, value, end) : skipScalar(bytes, value, end);
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && isSpace(bytes[i])) i++;
  return i;
}

/** Position of the last byte that is not space; `start` holds one. */
function lastVisible(bytes: Uint8Array, start: number, end: number): number {
  let i = end - 1;
  while (i > start && isSpace(bytes[i])) i--;
  return i;
}

/** Position of the quote that ends the string whose text starts at `start`, or -1. */
function closingQuote(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) return i;
    if (byte === BACKSLASH) i++;
  }
  return -1;
}

/** Position after the object or array at `start`, or MALFORMED. */
function skipBlock(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      i = closingQuote(bytes, i + 1, end);
      if (i < 0) return MALFORMED;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return i + 1;
  }
  return MALFORMED;
}

function skipScalar(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i] !== COMMA && bytes[i] !== CLOSE_BRACE && bytes[i] !== CLOSE_BRACKET && !isSpace(bytes[i]))
    i++;
  return i === start ? MALFORMED : i;
}

const HAS_EQUALS = 16;
const KEYWORD_MASK = 15;

/**
 * The code of the first level word, plus HAS_EQUALS when the line has an equals sign. The loop looks at each byte once,
 * and leaves the straight path only where a boundary and a first letter meet, or at an equals sign.
 */
function scanWords(bytes: Uint8Array, start: number, end: number): number {
  if (scanner.has(bytes)) return scanner.scan(start, end);
  let hasEquals = 0;
  let before = LEFT_BOUNDARY;
  for (let i = start; i < end; i++) {
    const kind = BYTE_CLASS[bytes[i]];
    const isHit = ((before >> LEFT_TO_FIRST) & kind & FIRST_OF_KEYWORD) | (kind & EQUALS_SIGN);
    before = kind;
    if (isHit === 0) continue;
    if (isHit === EQUALS_SIGN) {
      hasEquals = HAS_EQUALS;
      continue;
    }
    const level = keywordAt(bytes, i, end);
    if (level === NO_LEVEL) continue;
    if (hasEquals === 0 && hasByte(bytes, i, end, 0x3d)) hasEquals = HAS_EQUALS;
    return level | hasEquals;
  }
  return hasEquals;
}

function scanKeywords(bytes: Uint8Array, start: number, end: number): number {
  return scanWords(bytes, start, end) & KEYWORD_MASK;
}

function keywordAt(bytes: Uint8Array, at: number, end: number): number {
  for (const word of KEYWORDS_BY_FIRST[bytes[at]]) {
    const after = at + word.bytes.length;
    if (after > end || !equalsFold(bytes, at, word.bytes)) continue;
    if (after === end || (BYTE_CLASS[bytes[after]] & RIGHT_BOUNDARY) !== 0) return word.code;
  }
  return NO_LEVEL;
}

function hasByte(bytes: Uint8Array, start: number, end: number, byte: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === byte) return true;
  return false;
}

/**
 * Level code of the field whose name comes first in the list; of one name, its first pair. Reading stops at the first
 * malformed pair (spec fact 201). NO_LEVEL when there is no such field or its value is not a known spelling.
 */
function logfmtLevel(bytes: Uint8Array, start: number, end: number, fields: FieldNames): number {
  let best = Number.MAX_SAFE_INTEGER;
  let level = NO_LEVEL;
  let i = start;
  while (i < end) {
    if (bytes[i] <= 0x20) {
      i++;
      continue;
    }
    const key = i;
    while (i < end && bytes[i] > 0x20 && bytes[i] !== 0x3d && bytes[i] !== QUOTE) i++;
    const keyEnd = i;
    if (i < end && (bytes[i] === QUOTE || keyEnd === key)) return level;
    let value = i;
    let valueEnd = i;
    if (i < end && bytes[i] === 0x3d) {
      value = i + 1;
      valueEnd = logfmtValueEnd(bytes, value, end);
      if (valueEnd < 0) return level;
      i = valueEnd;
    }
    const rank = fields.rankOf(bytes, key, keyEnd);
    if (rank < 0 || rank >= best) continue;
    const quoted = valueEnd > value && bytes[value] === QUOTE;
    level = quoted ? levelOfBytes(bytes, value + 1, valueEnd - 1) : levelOfBytes(bytes, value, valueEnd);
    best = rank;
    if (rank === 0) return level;
  }
  return level;
}

/** End of the value that starts at `start`, with its closing quote if it is quoted; MALFORMED when it is not a value. */
function logfmtValueEnd(bytes: Uint8Array, start: number, end: number): number {
  if (start < end && bytes[start] === QUOTE) {
    const close = closingQuote(bytes, start + 1, end);
    return close < 0 || !hasValidEscapes(bytes, start + 1, close) ? MALFORMED : close + 1;
  }
  let i = start;
  while (i < end && bytes[i] > 0x20) {
    if (bytes[i] === 0x3d || bytes[i] === QUOTE) return MALFORMED;
    i++;
  }
  return i;
}

const ESCAPABLE = new Set([...'"\\/\'bfnrt'].map((char) => char.charCodeAt(0)));

/** A quoted value with escapes must have only JSON's escapes and `\'`; one without escapes is always valid. */
function hasValidEscapes(bytes: Uint8Array, start: number, end: number): boolean {
  if (!hasByte(bytes, start, end, BACKSLASH)) return true;
  for (let i = start; i < end; i++) {
    if (bytes[i] < 0x20) return false;
    if (bytes[i] !== BACKSLASH) continue;
    i++;
    if (bytes[i] === 0x75) {
      for (let digit = 1; digit <= 4; digit++) if (i + digit >= end || !isHexDigit(bytes[i + digit])) return false;
      i += 4;
    } else if (!ESCAPABLE.has(bytes[i])) return false;
  }
  return true;
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}
