import { formatBytes, parseBytes } from '../../common/bytes.ts';
import { Labels } from '../../common/labels.ts';
import { compareUtf8 } from '../../common/utf8.ts';
import type { LogRow } from '../../../exec/result/query-result.ts';
import { type FieldType, fieldTypeOf } from './field-type.ts';
import { readLineFields } from './line-fields.ts';

export interface DetectedField {
  readonly label: string;
  readonly type: FieldType;
  /** Distinct values. */
  readonly cardinality: number;
  /** Null: structured metadata only. */
  readonly parsers: readonly string[] | null;
  readonly jsonPath: readonly string[] | null;
}

interface Field {
  readonly values: Set<string>;
  readonly parsers: Set<string>;
  jsonPath: readonly string[] | null;
  last: string;
}

/** One value of a field on one row. */
interface FieldValue {
  readonly name: string;
  readonly value: string;
  readonly parser: string | null;
  readonly path: readonly string[] | null;
}

/**
 * The fields of some rows: structured metadata, what their query parsed, and what json or logfmt finds in their lines
 * (facts 171 and 175). A field's type is that of its last value, in the order in which streams are answered. Fields
 * beyond the limit are left out.
 */
export function detectFields(rows: readonly LogRow[], fieldsMax: number): DetectedField[] {
  const fields = new Map<string, Field>();
  for (const row of inAnswerOrder(rows)) {
    for (const { name, value, parser, path } of valuesOf(row)) {
      const field = fields.get(name) ?? { values: new Set(), parsers: new Set(), jsonPath: null, last: value };
      if (!fields.has(name)) {
        if (fields.size >= fieldsMax) continue;
        fields.set(name, field);
      }
      field.values.add(value);
      field.last = value;
      if (parser !== null) field.parsers.add(parser);
      field.jsonPath ??= path;
    }
  }
  return Array.from(fields, ([label, { values, parsers, jsonPath, last }]) => ({
    label,
    type: fieldTypeOf(last),
    cardinality: values.size,
    parsers: parsers.size === 0 ? null : [...parsers],
    jsonPath,
  }));
}

/** Distinct values of one field. Sizes are written alike: `5KB` and `5 kB` are `5.0kB`. */
export function detectFieldValues(rows: readonly LogRow[], label: string, valuesMax: number): string[] {
  const values = new Set<string>();
  for (const row of rows) {
    for (const { name, value } of valuesOf(row)) {
      if (name === label && values.size < valuesMax) values.add(inOneForm(value));
    }
  }
  return [...values];
}

function inOneForm(value: string): string {
  return fieldTypeOf(value) === 'bytes' ? formatBytes(parseBytes(value)).replace(' ', '') : value;
}

function valuesOf(row: LogRow): FieldValue[] {
  const values: FieldValue[] = row.metadata.map(([name, value]) => ({ name, value, parser: null, path: null }));
  const parsed = new Map(row.parsed.filter(([name]) => !name.startsWith('__error')));
  const taken = new Set([...row.stream, ...row.metadata].map(([name]) => name));
  for (const name of parsed.keys()) taken.delete(name);
  const { parser, fields } = readLineFields(row.line, (name) => taken.has(name));
  const found = new Set<string>();
  for (const { name, value, path } of fields) {
    found.add(name);
    values.push({ name, value, parser, path });
    const other = parsed.get(name);
    if (other !== undefined && other !== value) values.push({ name, value: other, parser, path });
  }
  for (const [name, value] of parsed) if (!found.has(name)) values.push({ name, value, parser, path: null });
  return values;
}

/** Streams by the text of their labels, entries of a stream as they came. */
function inAnswerOrder(rows: readonly LogRow[]): LogRow[] {
  const streams = new Map<string, LogRow[]>();
  for (const row of rows) {
    const { key } = Labels.from([...row.stream, ...row.metadata, ...row.parsed]);
    const stream = streams.get(key);
    if (stream === undefined) streams.set(key, [row]);
    else stream.push(row);
  }
  return [...streams].sort(([a], [b]) => compareUtf8(a, b)).flatMap(([, own]) => own);
}
