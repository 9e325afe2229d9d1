import { FunctionError, isInt, typeName, type Value } from '../../../common/template/value.ts';

/** The number in what Prometheus' functions take for one: numbers, and texts that Go reads as a float. */
export function toFloat(value: Value): number {
  if (typeof value === 'number') return value;
  if (isInt(value)) return Number(value.value);
  if (typeof value !== 'string') {
    throw new FunctionError(`can't convert ${value === null ? '<nil>' : typeName(value)} to float`);
  }
  const text = value.replaceAll('_', '');
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?nan$/i.test(text)) return NaN;
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  throw new FunctionError(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`);
}
