import { fixed, variadic, type TemplateFunction } from '../function-type.ts';
import { formatPrint, formatPrintf } from '../printf.ts';
import { formatValue } from '../format-value.ts';
import { FunctionError, int, isInt, isLabels, isList, isMap, isTime, isTrue, typeName, type Value } from '../value.ts';
import { text } from './cast.ts';
import { queryEscape } from './encoding.ts';

/** The functions of Go itself. `and` and `or` stop early: execution evaluates their arguments one by one. */
export const BUILTIN_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  and: variadic(['any'], 'any', (args) => args.find((arg) => !isTrue(arg)) ?? args[args.length - 1]),
  or: variadic(['any'], 'any', (args) => args.find(isTrue) ?? args[args.length - 1]),
  not: fixed(['any'], ([value]) => !isTrue(value)),
  eq: variadic(['any'], 'any', ([first, ...others]) => {
    if (others.length === 0) throw new FunctionError('missing argument for comparison');
    return others.some((other) => equal(first, other));
  }),
  ne: fixed(['any', 'any'], ([a, b]) => !equal(a, b)),
  lt: fixed(['any', 'any'], ([a, b]) => compare(a, b) < 0),
  le: fixed(['any', 'any'], ([a, b]) => compare(a, b) <= 0),
  gt: fixed(['any', 'any'], ([a, b]) => compare(a, b) > 0),
  ge: fixed(['any', 'any'], ([a, b]) => compare(a, b) >= 0),
  len: fixed(['any'], ([value]) => int(lengthOf(value))),
  index: variadic(['any'], 'any', ([item, ...keys]) => keys.reduce(indexValue, item)),
  slice: variadic(['any'], 'any', ([item, ...bounds]) => sliceValue(item, bounds)),
  print: variadic([], 'any', formatPrint),
  printf: variadic(['string'], 'any', ([format, ...args]) => formatPrintf(text(format), args)),
  println: variadic([], 'any', (args) => `${args.map((arg) => formatValue(arg)).join(' ')}\n`),
  html: variadic([], 'any', (args) => escapeHtml(formatPrint(args))),
  js: variadic([], 'any', (args) => escapeJavaScript(formatPrint(args))),
  urlquery: variadic([], 'any', (args) => queryEscape(formatPrint(args))),
  call: variadic(['any'], 'any', ([fn]) => {
    throw new FunctionError(fn === null ? 'call of nil' : `non-function of type ${typeName(fn)}`);
  }),
};

/** Values are compared by kind: integers of any type, floats, strings, booleans. */
function kindOf(value: Value): 'bool' | 'int' | 'float' | 'string' | 'nil' | 'other' {
  if (value === null) return 'nil';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'string') return 'string';
  return isInt(value) ? 'int' : 'other';
}

function equal(a: Value, b: Value): boolean {
  const kind = kindOf(a);
  if (kind === 'nil' || kindOf(b) === 'nil') return a === b;
  if (isTime(a) && isTime(b)) return a.ns === b.ns;
  if (kind === 'other' || kindOf(b) === 'other') {
    throw new FunctionError(
      `non-comparable type ${formatValue(kind === 'other' ? a : b)}: ${typeName(kind === 'other' ? a : b)}`,
    );
  }
  if (kind !== kindOf(b)) throw new FunctionError('incompatible types for comparison');
  return isInt(a) && isInt(b) ? a.value === b.value : a === b;
}

function compare(a: Value, b: Value): number {
  const kind = kindOf(a);
  if (kind === 'bool' || kind === 'nil' || kind === 'other') throw new FunctionError('invalid type for comparison');
  if (kind !== kindOf(b)) throw new FunctionError('incompatible types for comparison');
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  const [x, y] = isInt(a) && isInt(b) ? [a.value, b.value] : [a as number, b as number];
  return x < y ? -1 : x > y ? 1 : x === y ? 0 : NaN;
}

function lengthOf(value: Value): number {
  if (value === null) throw new FunctionError('len of nil pointer');
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (isList(value)) return value.length;
  if (isMap(value)) return value.size;
  if (isLabels(value)) return value.names().length;
  throw new FunctionError(`len of type ${typeName(value)}`);
}

function indexValue(item: Value, key: Value): Value {
  if (item === null) throw new FunctionError('index of untyped nil');
  if (isMap(item) || isLabels(item)) {
    if (typeof key !== 'string') throw new FunctionError(`value has type ${typeName(key)}; should be string`);
    return isLabels(item) ? (item.get(key) ?? '') : (item.get(key) ?? null);
  }
  if (typeof item === 'string') {
    const bytes = Buffer.from(item);
    return { kind: 'Int', type: 'uint8', value: BigInt(bytes[position(key, bytes.length - 1)]) };
  }
  if (isList(item)) return item[position(key, item.length - 1)];
  throw new FunctionError(`can't index item of type ${typeName(item)}`);
}

/** An index up to `last`, both inclusive. */
function position(key: Value, last: number): number {
  if (!isInt(key))
    throw new FunctionError(`cannot index slice/array with type ${key === null ? 'nil' : typeName(key)}`);
  const index = Number(key.value);
  if (index < 0 || index > last) throw new FunctionError(`index out of range: ${index}`);
  return index;
}

function sliceValue(item: Value, bounds: readonly Value[]): Value {
  if (item === null) throw new FunctionError('slice of untyped nil');
  if (bounds.length > 3) throw new FunctionError(`too many slice indexes: ${bounds.length}`);
  if (typeof item !== 'string' && !isList(item)) throw new FunctionError(`can't slice item of type ${typeName(item)}`);
  if (typeof item === 'string' && bounds.length === 3) throw new FunctionError('cannot 3-index slice a string');
  const length = lengthOf(item);
  const [start = 0, end = length] = bounds.map((bound) => position(bound, length));
  if (start > end) throw new FunctionError(`invalid slice index: ${start} > ${end}`);
  return typeof item === 'string' ? Buffer.from(item).toString('utf8', start, end) : item.slice(start, end);
}

const HTML: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\ufffd',
};

function escapeHtml(source: string): string {
  return source.replace(/["'&<>\0]/g, (char) => HTML[char]);
}

function escapeJavaScript(source: string): string {
  return source.replace(/[\\'"]|[<>&=]|[\p{Cc}]/gu, (char) => {
    if (char === '\\' || char === "'" || char === '"') return `\\${char}`;
    return `\\u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
