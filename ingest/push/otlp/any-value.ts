import { SkaldError } from '../../../src/common/errors.ts';
import { jsonText } from '../../../src/common/go-json.ts';
import { compareUtf8 } from '../../../src/common/utf8.ts';

/** An OTLP AnyValue. Integers are decimal text in an `Integer`, so that all 64 bits stay; null has no value. */
export type AnyValue = string | number | boolean | Integer | Uint8Array | readonly AnyValue[] | KeyValues | null;

export class Integer {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Keys may repeat: as an attribute each counts, as JSON the last one. */
export class KeyValues {
  readonly pairs: readonly (readonly [string, AnyValue])[];

  constructor(pairs: readonly (readonly [string, AnyValue])[]) {
    this.pairs = pairs;
  }
}

/** Nesting of values. */
export const VALUE_DEPTH_MAX = 64;

/** Throws SkaldError `bad_request` for a value that is nested deeper than any should be. */
export function checkDepth(depth: number): void {
  if (depth <= VALUE_DEPTH_MAX) return;
  const message = `Cannot read OTLP request: a value is nested deeper than ${VALUE_DEPTH_MAX}, expected at most that`;
  throw new SkaldError('bad_request', message);
}

/** A value as text (features section 4, OTLP record mapping): maps and arrays as JSON, bytes in base64. */
export function textOf(value: AnyValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number')
    return isFinite(value) ? floatText(value) : `json: unsupported value: ${special(value)}`;
  if (value instanceof Integer) return value.text;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  try {
    return jsonOf(value);
  } catch (error) {
    // Go has no text for a map with NaN in it.
    if (error instanceof NotJson) return '';
    throw error;
  }
}

class NotJson extends Error {}

function jsonOf(value: AnyValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return jsonText(value);
  if (typeof value === 'number' && !isFinite(value)) throw new NotJson();
  if (Array.isArray(value)) return `[${(value as readonly AnyValue[]).map(jsonOf).join(',')}]`;
  if (value instanceof Uint8Array) return `"${textOf(value)}"`;
  if (!(value instanceof KeyValues)) return textOf(value);
  const members = [...new Map(value.pairs)].sort(([a], [b]) => compareUtf8(a, b));
  return `{${members.map(([key, member]) => `${jsonText(key)}:${jsonOf(member)}`).join(',')}}`;
}

/** As encoding/json writes floats, which is as JavaScript does, but for the negative zero. */
function floatText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function special(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
