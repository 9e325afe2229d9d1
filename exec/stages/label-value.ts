import { parseBytes } from '../../src/common/bytes.ts';
import { parseGoDuration } from '../../src/common/duration.ts';
import { SkaldError } from '../../src/common/errors.ts';
import { parseGoFloat } from '../../src/common/go-number.ts';
import { decodeUtf8 } from '../../src/common/utf8.ts';
import { simpleBytes, simpleDecimal, simpleDuration } from './convert-number.ts';
import { ValueMemo } from './value-memo.ts';

/** A converted value, or why it could not be converted. */
export interface Conversion {
  readonly value: number;
  readonly error: string | null;
}

/** Turns label values into numbers: the usual forms from their bytes, the rest as text, with Go's error texts. */
export interface LabelConverter {
  /** The number of `heap[start .. end)`; NaN also when `error` is set. */
  convert(heap: Uint8Array, start: number, end: number): number;
  /** Why the last value could not be converted, else null. */
  readonly error: string | null;
}

type Simple = (heap: Uint8Array, start: number, end: number) => number;

class Converter implements LabelConverter {
  error: string | null = null;
  readonly #simple: Simple;
  readonly #memo: ValueMemo<Conversion>;

  constructor(simple: Simple, parse: (text: string) => number) {
    this.#simple = simple;
    this.#memo = new ValueMemo((heap, start, end) => attempt(parse, decodeUtf8(heap, start, end)));
  }

  convert(heap: Uint8Array, start: number, end: number): number {
    const value = this.#simple(heap, start, end);
    this.error = null;
    if (!Number.isNaN(value)) return value;
    const conversion = this.#memo.get(heap, start, end);
    this.error = conversion.error;
    return conversion.value;
  }
}

function attempt(parse: (text: string) => number, text: string): Conversion {
  try {
    return { value: parse(text), error: null };
  } catch (error) {
    if (error instanceof SkaldError) return { value: NaN, error: error.message };
    throw error;
  }
}

/** Numbers as Go's ParseFloat reads them (fact 113). */
export function floatConverter(): LabelConverter {
  return new Converter(simpleDecimal, parseGoFloat);
}

/** Go durations in nanoseconds (fact 114). */
export function durationConverter(): LabelConverter {
  return new Converter(simpleDuration, (text) => Number(parseGoDuration(text)));
}

/** Sizes in bytes (fact 115). */
export function bytesConverter(): LabelConverter {
  return new Converter(simpleBytes, parseBytes);
}
