import { FunctionError, isInt, type Value } from '../value.ts';

/** The string in an argument that its parameter type says is one. */
export function text(value: Value): string {
  if (typeof value !== 'string') throw new FunctionError('invalid value; expected string');
  return value;
}

/** The number in an argument that its parameter type says is an int. */
export function count(value: Value): number {
  return isInt(value) ? Number(value.value) : 0;
}

/** sprig's cast to int64: what is not a number is 0. */
export function toInt64(value: Value): bigint {
  if (typeof value === 'string') return parseInt64(value);
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt.asIntN(64, BigInt(Math.trunc(value))) : 0n;
  return isInt(value) ? value.value : 0n;
}

/** Base by prefix; a decimal fraction is cut off when it is zero only. */
function parseInt64(source: string): bigint {
  const trimmed = source.replace(/\.0*$/, '');
  const match = /^([+-]?)(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[1-9][0-9_]*|0)$/.exec(trimmed);
  if (match === null) return 0n;
  const digits = match[2].replaceAll('_', '');
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = match[1] === '-' ? -magnitude : magnitude;
  return value >= 1n << 63n || value < -(1n << 63n) ? 0n : value;
}

/** sprig's cast to float64: what is not a number is 0. */
export function toFloat64(value: Value): number {
  if (typeof value === 'string') {
    const trimmed = value.replaceAll('_', '');
    if (/^[+-]?inf(inity)?$/i.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity;
    if (/^[+-]?nan$/i.test(trimmed)) return NaN;
    return /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(trimmed) ? Number(trimmed) : 0;
  }
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return value;
  return isInt(value) ? Number(value.value) : 0;
}
