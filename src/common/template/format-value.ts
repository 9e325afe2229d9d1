import { compareUtf8 } from '../utf8.ts';
import { formatTime, TIME_STRING_LAYOUT } from './go-time.ts';
import { isInt, isLabels, isList, isRecord, isTime, type Value } from './value.ts';

/** Go's `%v`. `nil` is what a nil prints as: `<no value>` in an action, `<nil>` in print functions. */
export function formatValue(value: Value, nil = '<nil>'): string {
  if (value === null) return nil;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return formatGeneral(value);
  if (isInt(value)) return value.value.toString();
  if (isTime(value)) return formatTime(value, TIME_STRING_LAYOUT);
  if (isLabels(value))
    return `map[${value
      .names()
      .map((name) => `${name}:${value.get(name) ?? ''}`)
      .join(' ')}]`;
  if (isRecord(value)) return `{${[...value.fields.values()].map((field) => formatValue(field)).join(' ')}}`;
  if (isList(value)) return `[${value.map((item) => formatValue(item)).join(' ')}]`;
  const keys = [...value.keys()].sort(compareUtf8);
  return `map[${keys.map((key) => `${key}:${formatValue(value.get(key) ?? null)}`).join(' ')}]`;
}

/** From this decimal exponent on `%v` writes an exponent: a million is `1e+06`. */
const LARGE_EXPONENT = 6;

/** A float64 as `%v` prints it: the shortest digits that read back as the same number. */
export function formatGeneral(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= LARGE_EXPONENT) {
    const digits = Math.abs(exponent).toString().padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0');
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
