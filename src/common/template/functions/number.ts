import { parseBytes } from '../../bytes.ts';
import { parseGoDuration } from '../../duration.ts';
import { fixed, variadic, type TemplateFunction } from '../function-type.ts';
import { FunctionError, int, int64, type Value } from '../value.ts';
import { count, text, toFloat64, toInt64 } from './cast.ts';

function divisor(value: Value): bigint {
  const divisor = toInt64(value);
  if (divisor === 0n) throw new FunctionError('runtime error: integer divide by zero');
  return divisor;
}

function seconds(text: string): number {
  const ns = parseGoDuration(text);
  return Number(ns / 1_000_000_000n) + Number(ns % 1_000_000_000n) / 1e9;
}

/** A decimal number: `units / 10 ** scale`. */
interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** Digits after the point of an inexact division. */
const DIVISION_DIGITS = 16;

interface DecimalOperation {
  readonly exact: (a: Decimal, b: Decimal) => Decimal;
  /** For infinities and not-a-number, which have no decimal form. */
  readonly binary: (a: number, b: number) => number;
}

const ADD: DecimalOperation = { exact: (a, b) => aligned(a, b, (x, y) => x + y), binary: (a, b) => a + b };
const SUBTRACT: DecimalOperation = { exact: (a, b) => aligned(a, b, (x, y) => x - y), binary: (a, b) => a - b };
const MULTIPLY: DecimalOperation = {
  exact: (a, b) => ({ units: a.units * b.units, scale: a.scale + b.scale }),
  binary: (a, b) => a * b,
};
const DIVIDE: DecimalOperation = { exact: divide, binary: (a, b) => a / b };

/** Joins floats from left to right in decimal arithmetic: 0.1 + 0.2 is 0.3. */
function decimals(args: readonly Value[], operation: DecimalOperation): number {
  const numbers = args.map(toFloat64);
  if (numbers.length === 0) return 0;
  if (!numbers.every(Number.isFinite)) return numbers.reduce(operation.binary);
  return toNumber(numbers.map(toDecimal).reduce(operation.exact));
}

function aligned(a: Decimal, b: Decimal, apply: (x: bigint, y: bigint) => bigint): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: apply(a.units * 10n ** BigInt(scale - a.scale), b.units * 10n ** BigInt(scale - b.scale)), scale };
}

/** Rounded half away from zero. */
function divide(a: Decimal, b: Decimal): Decimal {
  if (b.units === 0n) throw new FunctionError('decimal division by 0');
  const shift = DIVISION_DIGITS + b.scale - a.scale;
  const numerator = shift >= 0 ? a.units * 10n ** BigInt(shift) : a.units;
  const denominator = shift >= 0 ? b.units : b.units * 10n ** BigInt(-shift);
  const sign = numerator < 0n === denominator < 0n ? 1n : -1n;
  const size = (2n * abs(numerator) + abs(denominator)) / (2n * abs(denominator));
  return { units: sign * size, scale: DIVISION_DIGITS };
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function toDecimal(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const units = BigInt(whole + fraction);
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

function toNumber({ units, scale }: Decimal): number {
  return Number(`${units}e${-scale}`);
}

/** Up when the digit part reaches `half`. */
function round(value: number, places: number, half: number): number {
  const power = 10 ** places;
  const digit = power * value;
  const part = digit % 1;
  return (part >= half ? Math.ceil(digit) : Math.floor(digit)) / power;
}

export const NUMBER_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  int: fixed(['any'], ([v]) => int(toInt64(v))),
  float64: fixed(['any'], ([v]) => toFloat64(v)),
  add: variadic([], 'any', (args) => int64(args.reduce<bigint>((sum, v) => sum + toInt64(v), 0n))),
  sub: fixed(['any', 'any'], ([a, b]) => int64(toInt64(a) - toInt64(b))),
  mul: variadic(['any'], 'any', (args) =>
    int64(args.reduce<bigint>((all, v) => BigInt.asIntN(64, all * toInt64(v)), 1n)),
  ),
  div: fixed(['any', 'any'], ([a, b]) => int64(toInt64(a) / divisor(b))),
  mod: fixed(['any', 'any'], ([a, b]) => int64(toInt64(a) % divisor(b))),
  addf: variadic([], 'any', (args) => decimals(args, ADD)),
  subf: variadic(['any'], 'any', (args) => decimals(args, SUBTRACT)),
  mulf: variadic(['any'], 'any', (args) => decimals(args, MULTIPLY)),
  divf: variadic(['any'], 'any', (args) => decimals(args, DIVIDE)),
  max: variadic(['any'], 'any', (args) => int64(args.map(toInt64).reduce((a, b) => (b > a ? b : a)))),
  min: variadic(['any'], 'any', (args) => int64(args.map(toInt64).reduce((a, b) => (b < a ? b : a)))),
  maxf: variadic(['any'], 'any', (args) => args.map(toFloat64).reduce((a, b) => Math.max(a, b))),
  minf: variadic(['any'], 'any', (args) => args.map(toFloat64).reduce((a, b) => Math.min(a, b))),
  ceil: fixed(['any'], ([v]) => Math.ceil(toFloat64(v))),
  floor: fixed(['any'], ([v]) => Math.floor(toFloat64(v))),
  round: variadic(['any', 'int'], 'float64', ([v, places, half]) =>
    round(toFloat64(v), count(places), half === undefined ? 0.5 : toFloat64(half)),
  ),
  bytes: fixed(['string'], ([s]) => parseBytes(text(s))),
  duration: fixed(['string'], ([s]) => seconds(text(s))),
  duration_seconds: fixed(['string'], ([s]) => seconds(text(s))),
};
