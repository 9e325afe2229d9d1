import { parseBytes } from '../../common/bytes.ts';
import { parseGoDuration } from '../../common/duration.ts';
import { SkaldError } from '../../common/errors.ts';
import { parseGoFloat, parseGoInt } from '../../common/go-number.ts';

export type FieldType = 'int' | 'float' | 'boolean' | 'duration' | 'bytes' | 'string';

/** The texts that Go's strconv.ParseBool takes. */
const BOOLEANS = new Set(['1', 't', 'T', 'TRUE', 'true', 'True', '0', 'f', 'F', 'FALSE', 'false', 'False']);

/** In the order in which they are tried (features section 1.2, detected field types). */
const TESTS: readonly (readonly [FieldType, (text: string) => boolean])[] = [
  ['int', (text) => reads(() => parseGoInt(text))],
  ['float', (text) => reads(() => parseGoFloat(text))],
  ['boolean', (text) => BOOLEANS.has(text)],
  ['duration', (text) => reads(() => parseGoDuration(text))],
  ['bytes', (text) => reads(() => parseBytes(text))],
];

/** What a value looks like. */
export function fieldTypeOf(value: string): FieldType {
  return TESTS.find(([, accepts]) => accepts(value))?.[0] ?? 'string';
}

export function isNumber(text: string): boolean {
  return reads(() => parseGoFloat(text));
}

function reads(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (error instanceof SkaldError) return false;
    throw error;
  }
}
