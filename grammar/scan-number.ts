import type { Scanned } from './scan-string.ts';

interface Base {
  readonly prefix: RegExp;
  readonly digits: RegExp;
  readonly name: string;
}

const HEXADECIMAL: Base = { prefix: /0[xX]/y, digits: /[0-9a-fA-F_]*/y, name: 'hexadecimal literal' };
const DECIMAL: Base = { prefix: /(?:)/y, digits: /[0-9_]*/y, name: 'decimal literal' };
const BASES: readonly Base[] = [
  HEXADECIMAL,
  { prefix: /0[oO]/y, digits: /[0-9_]*/y, name: 'octal literal' },
  { prefix: /0[bB]/y, digits: /[0-9_]*/y, name: 'binary literal' },
];

/**
 * The end of the number at `start`, which begins with a digit or with a dot and a digit: Go's integers and floats in
 * all bases, and Go's errors. `p` after a decimal number is left for the unit that it starts (`5PB`).
 */
export function scanNumber(text: string, start: number): Scanned {
  const base = BASES.find((candidate) => matchEnd(candidate.prefix, text, start) > start) ?? DECIMAL;
  const whole = base === DECIMAL ? start : start + 2;
  let end = matchEnd(base.digits, text, whole);
  const wholeEnd = end;
  const isFloat = text.charAt(end) === '.';
  if (isFloat) {
    if (base !== DECIMAL && base !== HEXADECIMAL) return failed(end, `invalid radix point in ${base.name}`);
    end = matchEnd(base.digits, text, end + 1);
  }
  const digits = text.slice(whole, end);
  if (!/[0-9a-fA-F]/.test(digits)) return failed(end, `${base.name} has no digits`);
  return scanExponent(text, start, end, base, isFloat, text.slice(whole, wholeEnd));
}

function scanExponent(text: string, start: number, end: number, base: Base, isFloat: boolean, whole: string): Scanned {
  const marker = text.charAt(end);
  const exponent = base === HEXADECIMAL ? /[pP]/ : /[eE]/;
  if (/[eE]/.test(marker) && base !== DECIMAL) return failed(end, `'${marker}' exponent requires decimal mantissa`);
  if (exponent.test(marker)) {
    const tail = matchEnd(/[eEpP][+-]?[0-9_]*/y, text, end);
    if (!/[0-9]/.test(text.slice(end, tail))) return failed(tail, 'exponent has no digits');
    return separated(text, start, tail);
  }
  if (base === HEXADECIMAL && isFloat) return failed(end, "hexadecimal mantissa requires a 'p' exponent");
  const invalid = isFloat ? null : invalidDigit(whole, base);
  return invalid === null ? separated(text, start, end) : failed(end, invalid);
}

/** A digit that the base of an integer does not have; a leading zero means octal. */
function invalidDigit(whole: string, base: Base): string | null {
  const isBinary = base.name === 'binary literal';
  const isOctal = base.name === 'octal literal' || (base === DECIMAL && /^0./.test(whole));
  if (!isBinary && !isOctal) return null;
  const digit = (isBinary ? /[2-9]/ : /[89]/).exec(whole)?.[0];
  return digit === undefined ? null : `invalid digit '${digit}' in ${isBinary ? 'binary' : 'octal'} literal`;
}

function separated(text: string, start: number, end: number): Scanned {
  const literal = text.slice(start, end);
  const misplaced = /__|_$|_[^0-9a-fA-F]|[^0-9a-fA-FxXoObB]_/.test(literal);
  return misplaced ? failed(end, "'_' must separate successive digits") : { end, error: null };
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function failed(end: number, error: string): Scanned {
  return { end, error };
}
