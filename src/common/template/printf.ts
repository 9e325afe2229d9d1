import { goQuote } from '../go-quote.ts';
import { formatGeneral, formatValue } from './format-value.ts';
import { FunctionError, isInt, typeName, type Value } from './value.ts';

/** Largest width and precision. */
const WIDTH_MAX = 10_000;

interface Directive {
  readonly flags: string;
  readonly width: number;
  /** -1 when there is none. */
  readonly precision: number;
  readonly verb: string;
}

const DIRECTIVE = /%([-+# 0]*)(\d*)(?:(\.)(\d*))?(.|$)/gsu;

/** Go's Sprintf for the values that templates have. */
export function formatPrintf(format: string, args: readonly Value[]): string {
  let used = 0;
  const out = format.replace(
    DIRECTIVE,
    (_all, flags: string, width: string, dot: string | undefined, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (verb === '') return '%!(NOVERB)';
      if (used >= args.length) return `%!${verb}(MISSING)`;
      const directive = { flags, width: Number(width), precision: dot === undefined ? -1 : Number(precision), verb };
      if (directive.width > WIDTH_MAX || directive.precision > WIDTH_MAX) {
        throw new FunctionError(`width or precision is larger than ${WIDTH_MAX}`);
      }
      return formatOne(directive, args[used++]);
    },
  );
  if (used >= args.length) return out;
  const extra = args
    .slice(used)
    .map((value) => (value === null ? '<nil>' : `${typeName(value)}=${formatValue(value)}`));
  return `${out}%!(EXTRA ${extra.join(', ')})`;
}

function formatOne(directive: Directive, value: Value): string {
  const numeric = isInt(value) || typeof value === 'number';
  const body = formatVerb(directive, value);
  if (body === null) return mismatch(directive.verb, value);
  return pad(directive, body, numeric);
}

function mismatch(verb: string, value: Value): string {
  return value === null ? `%!${verb}(<nil>)` : `%!${verb}(${typeName(value)}=${formatValue(value)})`;
}

function pad({ flags, width }: Directive, body: string, numeric: boolean): string {
  const missing = width - Array.from(body).length;
  if (missing <= 0) return body;
  if (flags.includes('-')) return body + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + body;
  const sign = numeric && /^[+-]/.test(body) ? body.charAt(0) : '';
  return sign + '0'.repeat(missing) + body.slice(sign.length);
}

/** Null when the verb does not suit the value. */
function formatVerb(directive: Directive, value: Value): string | null {
  const { verb } = directive;
  if (verb === 'T') return value === null ? '<nil>' : typeName(value);
  if (verb === 'v' && !isInt(value) && typeof value !== 'number') return formatValue(value);
  if (typeof value === 'string') return formatText(directive, value);
  if (typeof value === 'boolean') return verb === 't' ? String(value) : null;
  if (isInt(value)) return formatInteger(directive, value.value);
  if (typeof value === 'number') return formatFloating(directive, value);
  return verb === 's' && value !== null ? formatValue(value) : null;
}

function formatText({ verb, precision, flags }: Directive, value: string): string | null {
  const cut = precision < 0 ? value : Array.from(value).slice(0, precision).join('');
  switch (verb) {
    case 's':
      return cut;
    case 'q':
      return flags.includes('#') && !cut.includes('`') ? `\`${cut}\`` : goQuote(cut);
    case 'x':
      return Buffer.from(cut).toString('hex');
    case 'X':
      return Buffer.from(cut).toString('hex').toUpperCase();
    default:
      return null;
  }
}

function signed(flags: string, text: string): string {
  if (text.startsWith('-') || text.startsWith('+')) return text;
  return flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
}

const RADIX: Readonly<Record<string, number>> = { d: 10, v: 10, b: 2, o: 8, x: 16, X: 16 };

function formatInteger({ verb, flags, precision }: Directive, value: bigint): string | null {
  const radix = RADIX[verb];
  if (radix !== undefined) {
    const size = (value < 0n ? -value : value).toString(radix).padStart(precision, '0');
    const prefix = !flags.includes('#') ? '' : radix === 16 ? '0x' : radix === 8 ? '0' : radix === 2 ? '0b' : '';
    const text = signed(flags, `${value < 0n ? '-' : ''}${prefix}${size}`);
    return verb === 'X' ? text.toUpperCase() : text;
  }
  const valid = value >= 0n && value <= 0x10ffffn;
  const char = valid ? String.fromCodePoint(Number(value)) : '\ufffd';
  if (verb === 'c') return char;
  if (verb === 'q') return `'${goQuote(char).slice(1, -1).replace('\\"', '"').replace("'", "\\'")}'`;
  return verb === 'U' ? `U+${value.toString(16).toUpperCase().padStart(4, '0')}` : null;
}

function formatFloating({ verb, flags, precision }: Directive, value: number): string | null {
  if (!'vgGeEfF'.includes(verb)) return null;
  if (!Number.isFinite(value)) return signed(flags, formatGeneral(value));
  const digits = Math.min(precision < 0 ? 6 : precision, 100);
  let text: string;
  if (verb === 'f' || verb === 'F') text = fixedPoint(value, digits);
  else if (verb === 'e' || verb === 'E') text = twoDigitExponent(value.toExponential(digits));
  else text = precision < 0 ? formatGeneral(value) : generalPrecision(value, Math.max(1, digits));
  return signed(flags, verb === 'E' || verb === 'G' ? text.toUpperCase() : text);
}

/** toFixed gives up at 1e21, where floats are whole numbers. */
function fixedPoint(value: number, digits: number): string {
  if (Math.abs(value) < 1e21) return value.toFixed(digits);
  return BigInt(value).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '');
}

function twoDigitExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function generalPrecision(value: number, digits: number): string {
  const exponential = value.toExponential(digits - 1);
  const exponent = Number(exponential.split('e')[1]);
  const trim = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (exponent >= -4 && exponent < digits) return trim(value.toFixed(Math.max(0, digits - 1 - exponent)));
  const [mantissa, tail] = exponential.split('e');
  return twoDigitExponent(`${trim(mantissa)}e${tail}`);
}

/** Go's Sprint: a space between two values of which neither is a string. */
export function formatPrint(args: readonly Value[]): string {
  let out = '';
  for (const [i, value] of args.entries()) {
    if (i > 0 && typeof value !== 'string' && typeof args[i - 1] !== 'string') out += ' ';
    out += formatValue(value);
  }
  return out;
}
