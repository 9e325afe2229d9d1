const SHORT: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gsu;

/** The value of a Go string literal with its quotes; null when an escape is invalid. */
export function unquoteString(source: string): string | null {
  const body = source.slice(1, -1);
  if (source.startsWith('`')) return body.replaceAll('\r', '');
  return body.includes('\\') ? unescape(body, source.charAt(0)) : body;
}

function unescape(body: string, quote: string): string | null {
  let valid = true;
  // Bytes of \x and octal escapes may form one character: everything is put together as bytes.
  const parts: Buffer[] = [];
  let end = 0;
  for (const match of body.matchAll(ESCAPE)) {
    const [all, hex, short, long, octal, char] = match;
    parts.push(Buffer.from(body.slice(end, match.index)));
    end = match.index + all.length;
    const byte = hex !== undefined ? Number.parseInt(hex, 16) : Number.parseInt(octal ?? '0', 8);
    if (hex !== undefined || octal !== undefined) {
      valid &&= byte < 256;
      parts.push(Buffer.of(byte & 255));
      continue;
    }
    const codePoint = char === undefined ? Number.parseInt(short ?? long ?? '', 16) : -1;
    const text = char === undefined ? fromCodePoint(codePoint) : SHORT[char];
    if (text === undefined || ((char === "'" || char === '"') && char !== quote)) valid = false;
    else parts.push(Buffer.from(text));
  }
  parts.push(Buffer.from(body.slice(end)));
  return valid ? Buffer.concat(parts).toString('utf8') : null;
}

function fromCodePoint(codePoint: number): string | undefined {
  const valid = codePoint <= 0x10ffff && !(codePoint >= 0xd800 && codePoint <= 0xdfff);
  return valid ? String.fromCodePoint(codePoint) : undefined;
}

export interface NumberLiteral {
  readonly int: bigint | null;
  readonly float: number | null;
  readonly isChar: boolean;
}

const INT64_MAX = (1n << 63n) - 1n;
const INT64_MIN = -(1n << 63n);

/** A Go number or character literal; null when it is malformed or imaginary. */
export function parseNumber(source: string): NumberLiteral | null {
  if (source.startsWith("'")) {
    const value = unquoteString(source);
    if (value === null || Array.from(value).length !== 1) return null;
    const codePoint = value.codePointAt(0) ?? 0;
    return { int: BigInt(codePoint), float: codePoint, isChar: true };
  }
  const sign = source.startsWith('-') ? -1 : 1;
  const digits = source.replace(/^[+-]/, '').replaceAll('_', '');
  const int = parseInteger(digits, sign);
  if (int !== null) return { int, float: Number(int), isChar: false };
  const float = parseFloatText(digits);
  if (float === null) return null;
  // A float without a fraction also serves as an integer.
  const whole = Number.isSafeInteger(float) ? BigInt(float * sign) : null;
  return { int: whole, float: float * sign, isChar: false };
}

function parseInteger(digits: string, sign: number): bigint | null {
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  if (!/^(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|[1-9][0-9]*|0)$/.test(octal)) return null;
  const value = BigInt(octal) * BigInt(sign);
  return value > INT64_MAX || value < INT64_MIN ? null : value;
}

function parseFloatText(digits: string): number | null {
  const hex = /^0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?[0-9]+)$/.exec(digits);
  if (hex !== null) {
    const fraction = hex[2] ?? '';
    return Number.parseInt(`${hex[1]}${fraction}`, 16) * 2 ** (Number(hex[3]) - 4 * fraction.length);
  }
  if (!/^([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(digits)) return null;
  const value = Number(digits);
  return Number.isFinite(value) ? value : null;
}
