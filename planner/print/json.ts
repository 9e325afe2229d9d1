import { Labels } from '../../src/common/labels.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Any plan or statistics value: bigints and non-finite numbers as strings, label sets and maps as objects. */
export function toJsonValue(value: unknown): JsonValue {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  if (value instanceof Labels) return value.toRecord();
  if (Array.isArray(value)) return value.map(toJsonValue);
  const entries: Iterable<readonly [unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  return Object.fromEntries([...entries].map(([key, item]) => [String(key), toJsonValue(item)]));
}
