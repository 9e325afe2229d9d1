/** A value while a template runs. `null` is Go's nil interface: it prints as `<no value>`. */
export type Value =
  | null
  | string
  | boolean
  /** float64 */
  | number
  | IntValue
  | TimeValue
  | LabelMap
  | RecordValue
  | readonly Value[]
  | ReadonlyMap<string, Value>;

/** Go's integer types stay apart: a function that takes an `int` refuses an `int64`. */
export type IntType = 'int' | 'int32' | 'int64' | 'uint8';

export interface IntValue {
  readonly kind: 'Int';
  readonly type: IntType;
  readonly value: bigint;
}

/** A time.Time; `zone` is an IANA name or UTC. `ns` is null for the zero time. */
export interface TimeValue {
  readonly kind: 'Time';
  readonly ns: bigint | null;
  readonly zone: string;
}

/** The labels of a row: what `.` is at the top of a template. A missing label is the empty string (spec fact 143). */
export interface LabelMap {
  readonly kind: 'Labels';
  get(name: string): string | undefined;
  /** Sorted. */
  names(): readonly string[];
}

/** A struct of Go: its fields are fixed, in their order. */
export interface RecordValue {
  readonly kind: 'Record';
  /** Its name in Go, for errors. */
  readonly type: string;
  readonly fields: ReadonlyMap<string, Value>;
}

/** An error that a function reports; execution says where. */
export class FunctionError extends Error {
  override name = 'FunctionError';
}

export function int(value: number | bigint): IntValue {
  return { kind: 'Int', type: 'int', value: BigInt(value) };
}

export function int64(value: bigint): IntValue {
  return { kind: 'Int', type: 'int64', value: BigInt.asIntN(64, value) };
}

export function isInt(value: Value): value is IntValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Int';
}

export function isTime(value: Value): value is TimeValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Time';
}

export function isLabels(value: Value): value is LabelMap {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Labels';
}

export function isRecord(value: Value): value is RecordValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Record';
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is ReadonlyMap<string, Value> {
  return value instanceof Map;
}

/** The name of the value's type in Go. */
export function typeName(value: Value): string {
  if (value === null) return '<nil>';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'float64';
  if (isInt(value)) return value.type;
  if (isTime(value)) return 'time.Time';
  if (isLabels(value)) return 'map[string]string';
  if (isRecord(value)) return value.type;
  return isList(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** Whether `if` takes the value for true: not the zero value of its type. */
export function isTrue(value: Value): boolean {
  if (value === null) return false;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (isInt(value)) return value.value !== 0n;
  if (isTime(value) || isRecord(value)) return true;
  if (isLabels(value)) return value.names().length > 0;
  return isList(value) ? value.length > 0 : value.size > 0;
}
