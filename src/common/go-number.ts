import { SkaldError } from './errors.ts';
import { goQuote } from './go-quote.ts';

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const HEX = /^([+-]?)0[xX]([0-9a-fA-F_]*)(?:\.([0-9a-fA-F_]*))?(?:[pP]([+-]?\d+))?$/;
const SPECIAL = /^([+-]?)(?:inf|infinity|nan)$/i;

/**
 * A float as Go's strconv.ParseFloat reads it: no surrounding space, `inf`, `infinity` and `nan` in any case, hexadecimal
 * with a binary exponent (facts 113, 187). Throws SkaldError `bad_request` with Go's text.
 */
export function parseGoFloat(text: string): number {
  if (DECIMAL.test(text)) {
    const value = Number(text);
    if (!Number.isFinite(value)) refuse('ParseFloat', text, 'value out of range');
    return value;
  }
  const special = SPECIAL.exec(text);
  if (special !== null) {
    if (/nan$/i.test(text)) return special[1] === '' ? NaN : refuse('ParseFloat', text, 'invalid syntax');
    return special[1] === '-' ? -Infinity : Infinity;
  }
  return parseHexFloat(text);
}

function parseHexFloat(text: string): number {
  const match = HEX.exec(text);
  if (match === null) return refuse('ParseFloat', text, 'invalid syntax');
  const [, sign, whole = '', fraction = '', exponent] = match;
  const digits = (whole + fraction).replaceAll('_', '');
  if (digits === '' || exponent === undefined) return refuse('ParseFloat', text, 'invalid syntax');
  const scale = Number(exponent) - 4 * fraction.replaceAll('_', '').length;
  const value = Number(BigInt(`0x${digits}`)) * 2 ** scale;
  if (!Number.isFinite(value)) return refuse('ParseFloat', text, 'value out of range');
  return sign === '-' ? -value : value;
}

/** A decimal int64 as Go's strconv.ParseInt(text, 10, 64) reads it. `caller` names the function in the error text. */
export function parseGoInt(text: string, caller: 'ParseInt' | 'Atoi' = 'ParseInt'): bigint {
  if (!/^[+-]?\d+$/.test(text)) return refuse(caller, text, 'invalid syntax');
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (value > 9_223_372_036_854_775_807n || value < -9_223_372_036_854_775_808n) {
    return refuse(caller, text, 'value out of range');
  }
  return value;
}

function refuse(caller: string, text: string, reason: string): never {
  throw new SkaldError('bad_request', `strconv.${caller}: parsing ${goQuote(text)}: ${reason}`);
}

/** A sample value: shortest decimal that reads back equal, never with an exponent (spec fact 81). */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  return text.includes('e') ? withoutExponent(text) : text;
}

/** `1.5e+21` as `1500000000000000000000`, `1e-7` as `0.0000001`. */
function withoutExponent(text: string): string {
  const [mantissa = '', exponentText = '0'] = text.split('e');
  const exponent = Number(exponentText);
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
