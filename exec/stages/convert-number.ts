/** What a fast conversion gives for text that it leaves to the slow one, which also words the errors. */
export const NOT_SIMPLE = NaN;

/** So many digits are an exact double, and so are the powers of ten that divide them. */
const DIGITS_MAX = 15;
const POWERS_OF_TEN = Float64Array.from({ length: DIGITS_MAX + 1 }, (_, i) => 10 ** i);

const NS_UNITS = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 } as const;
/** k, m, g, t, p, e. */
const SIZE_LETTERS = Uint8Array.of(0x6b, 0x6d, 0x67, 0x74, 0x70, 0x65);
const DECIMAL_SIZES = Float64Array.from({ length: 7 }, (_, i) => 1000 ** i);
const BINARY_SIZES = Float64Array.from({ length: 7 }, (_, i) => 1024 ** i);
const LETTER_B = 0x62;
const LETTER_I = 0x69;
const DOT = 0x2e;
const MINUS = 0x2d;
const PLUS = 0x2b;

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

/** The text of a plain decimal (`-12.5`) as a number, correctly rounded; NOT_SIMPLE for everything else. */
export function simpleDecimal(heap: Uint8Array, start: number, end: number): number {
  let pos = start;
  const negative = heap[pos] === MINUS;
  if (pos < end && (negative || heap[pos] === PLUS)) pos++;
  const value = unsignedDecimal(heap, pos, end);
  return negative ? -value : value;
}

function unsignedDecimal(heap: Uint8Array, start: number, end: number): number {
  let mantissa = 0;
  let digits = 0;
  let decimals = -1;
  for (let pos = start; pos < end; pos++) {
    const c = heap[pos];
    if (isDigit(c)) {
      mantissa = mantissa * 10 + c - 0x30;
      digits++;
      if (decimals >= 0) decimals++;
    } else if (c === DOT && decimals < 0) {
      decimals = 0;
    } else {
      return NOT_SIMPLE;
    }
  }
  if (digits === 0 || digits > DIGITS_MAX) return NOT_SIMPLE;
  return decimals > 0 ? mantissa / POWERS_OF_TEN[decimals] : mantissa;
}

/** End of the digits and dots from `at` on. */
function decimalEnd(heap: Uint8Array, at: number, end: number): number {
  let pos = at;
  while (pos < end && (isDigit(heap[pos]) || heap[pos] === DOT)) pos++;
  return pos;
}

/** Nanoseconds of a Go duration whose parts are exact in a double; NOT_SIMPLE for everything else. */
export function simpleDuration(heap: Uint8Array, start: number, end: number): number {
  let pos = start;
  const negative = heap[pos] === MINUS;
  if (pos < end && (negative || heap[pos] === PLUS)) pos++;
  if (pos >= end) return NOT_SIMPLE;
  let total = 0;
  while (pos < end) {
    const numberEnd = decimalEnd(heap, pos, end);
    let unitEnd = numberEnd;
    while (unitEnd < end && !isDigit(heap[unitEnd]) && heap[unitEnd] !== DOT) unitEnd++;
    const unit = durationUnit(heap, numberEnd, unitEnd);
    if (unit === 0) return NOT_SIMPLE;
    total += durationPart(heap, pos, numberEnd, unit);
    pos = unitEnd;
  }
  // A part that is not simple has made the total NaN.
  if (!(total < Number.MAX_SAFE_INTEGER)) return NOT_SIMPLE;
  // Not `-total`: a duration is an integer and has no negative zero.
  return negative ? 0 - total : total;
}

/** At most DIGITS_MAX digits and nothing else. */
function digitsValue(heap: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > DIGITS_MAX) return NOT_SIMPLE;
  let value = 0;
  for (let pos = start; pos < end; pos++) {
    if (!isDigit(heap[pos])) return NOT_SIMPLE;
    value = value * 10 + heap[pos] - 0x30;
  }
  return value;
}

/** A decimal number of units in whole nanoseconds; what is less than one is cut off. */
function durationPart(heap: Uint8Array, start: number, end: number, unit: number): number {
  let pos = start;
  while (pos < end && heap[pos] !== DOT) pos++;
  const whole = pos === start ? 0 : unsignedDecimal(heap, start, pos) * unit;
  if (pos === end) return pos === start ? NOT_SIMPLE : whole;
  const decimals = end - pos - 1;
  if (decimals === 0) return pos === start ? NOT_SIMPLE : whole;
  const scaled = digitsValue(heap, pos + 1, end) * unit;
  // Above this the product is no longer exact.
  return scaled > Number.MAX_SAFE_INTEGER ? NOT_SIMPLE : whole + Math.trunc(scaled / POWERS_OF_TEN[decimals]);
}

function durationUnit(heap: Uint8Array, start: number, end: number): number {
  const first = heap[start];
  if (end - start === 1) {
    if (first === 0x73) return NS_UNITS.s;
    if (first === 0x6d) return NS_UNITS.m;
    return first === 0x68 ? NS_UNITS.h : 0;
  }
  if (end - start !== 2 || heap[start + 1] !== 0x73) return 0;
  if (first === 0x6d) return NS_UNITS.ms;
  if (first === 0x75) return NS_UNITS.us;
  return first === 0x6e ? NS_UNITS.ns : 0;
}

/** Bytes of a size like `12KB`, `1.5 MiB`, `7`; NOT_SIMPLE for everything else. */
export function simpleBytes(heap: Uint8Array, start: number, end: number): number {
  const numberEnd = decimalEnd(heap, start, end);
  const value = unsignedDecimal(heap, start, numberEnd);
  let pos = numberEnd;
  while (pos < end && heap[pos] === 0x20) pos++;
  const factor = byteUnit(heap, pos, end);
  const bytes = value * factor;
  // Larger sizes are rare, and some of them are too large.
  return factor !== 0 && bytes <= Number.MAX_SAFE_INTEGER ? Math.trunc(bytes) : NOT_SIMPLE;
}

/** The factor of a size unit in any case, 0 when it is not one. */
function byteUnit(heap: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length === 0) return 1;
  const first = heap[start] | 0x20;
  if (length === 1 && first === LETTER_B) return 1;
  const exponent = SIZE_LETTERS.indexOf(first) + 1;
  if (exponent === 0 || length > 3) return 0;
  const second = heap[start + 1] | 0x20;
  if (length === 1 || (length === 2 && second === LETTER_B)) return DECIMAL_SIZES[exponent];
  const isBinary = second === LETTER_I && (length === 2 || (heap[start + 2] | 0x20) === LETTER_B);
  return isBinary ? BINARY_SIZES[exponent] : 0;
}
