import {
  Binary,
  type Data,
  Dictionary,
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  TimestampNanosecond,
  Uint32,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow';
import { assert, must, unreachable } from '../../src/common/assert.ts';
import { groupLabels, type GroupList, NO_GROUPS, packGroups } from '../aggregate/group-list.ts';
import type {
  CellPartial,
  FailedPartial,
  PartialAggregate,
  SamplePartial,
  ValuePartial,
} from '../aggregate/partial-aggregate.ts';
import type { RowLabels } from '../batch/label-columns.ts';
import type { LogRows } from '../operators/log-rows.ts';

/**
 * What crosses an exchange, as one Arrow IPC stream of one record batch. Label sets of rows are a dictionary column of JSON
 * texts, groups are one of the entries of a GroupList, or plain numbers where the coordinator has numbered them. The
 * schema's metadata says what the batch is, and has the lists of names of groups. Decoding copies nothing but label sets
 * of rows.
 */
export type ExchangeItem =
  { readonly kind: 'Rows'; readonly rows: LogRows } | { readonly kind: 'Partial'; readonly partial: PartialAggregate };

const KIND_KEY = 'skald.exchange';
const SHAPES_KEY = 'skald.group-names';
const UINT32 = new Uint32();
const INT32 = new Int32();
const FLOAT64 = new Float64();
const TIMESTAMP = new TimestampNanosecond();
const UTF8 = new Utf8();
const BINARY = new Binary();

interface Column {
  readonly name: string;
  readonly data: Data;
}

export function encodeExchange(item: ExchangeItem): Uint8Array {
  if (item.kind === 'Rows') return encodeTable('rows', item.rows.rowCount, rowColumns(item.rows));
  const { partial } = item;
  switch (partial.kind) {
    case 'Cells':
      return encodeTable('cells', partial.count, cellColumns(partial), partial.groups);
    case 'Samples':
      return encodeTable('samples', partial.count, sampleColumns(partial), partial.groups);
    case 'Values':
      return encodeTable('values', partial.count, valueColumns(partial), partial.groups);
    case 'Failed':
      return encodeFailed(partial);
    default:
      return unreachable(partial);
  }
}

export function decodeExchange(bytes: Uint8Array): ExchangeItem {
  const table = tableFromIPC(bytes);
  const kind = table.schema.metadata.get(KIND_KEY);
  if (kind === 'rows') return { kind: 'Rows', rows: decodeRows(table) };
  if (kind === 'cells') return { kind: 'Partial', partial: decodeCells(table) };
  if (kind === 'values') return { kind: 'Partial', partial: decodeValues(table) };
  if (kind === 'failed') return { kind: 'Partial', partial: decodeFailed(table) };
  assert(kind === 'samples', 'exchange stream of an unknown kind');
  return { kind: 'Partial', partial: decodeSamples(table) };
}

function rowColumns(rows: LogRows): Column[] {
  const { rowCount, line } = rows;
  const lineData = makeData({
    type: UTF8,
    length: rowCount,
    nullCount: 0,
    valueOffsets: new Int32Array(line.offsets.buffer, line.offsets.byteOffset, rowCount + 1),
    data: line.values,
  });
  return [
    { name: 'timestamp', data: flat(TIMESTAMP, rows.timestamp, rowCount) },
    { name: 'stream', data: flat(UINT32, rows.stream, rowCount) },
    { name: 'rank', data: flat(UINT32, rows.rank, rowCount) },
    { name: 'position', data: flat(UINT32, rows.position, rowCount) },
    { name: 'line', data: lineData },
    dictionary('labels', rows.labelSet, rowCount, rows.labelSets),
  ];
}

function decodeRows(table: Table): LogRows {
  const rowCount = table.numRows;
  const line = columnData(table, 'line');
  const int32Offsets = line.valueOffsets as unknown as Int32Array;
  const offsets = new Uint32Array(int32Offsets.buffer, int32Offsets.byteOffset, rowCount + 1);
  return {
    rowCount,
    timestamp: (columnData(table, 'timestamp').values as unknown as BigInt64Array).subarray(0, rowCount),
    stream: uint32(table, 'stream'),
    rank: uint32(table, 'rank'),
    position: uint32(table, 'position'),
    // Without Arrow's padding.
    line: { offsets, values: (line.values as unknown as Uint8Array).subarray(0, offsets[rowCount]) },
    labelSet: uint32(table, 'labels'),
    labelSets: dictionaryTexts(table, 'labels').map((text) => JSON.parse(text) as RowLabels | null),
  };
}

function cellColumns(partial: CellPartial): Column[] {
  const { count } = partial;
  return [
    groupColumn(partial.group, count, partial.groups),
    { name: 'bucket', data: flat(INT32, partial.bucket, count) },
    ...partial.fields.map((field, f) => ({ name: `field${f}`, data: flat(FLOAT64, field, count) })),
  ];
}

function decodeCells(table: Table): CellPartial {
  const count = table.numRows;
  const names = table.schema.fields.map(({ name }) => name).filter((name) => name.startsWith('field'));
  return {
    kind: 'Cells',
    groups: decodeGroups(table),
    count,
    group: uint32(table, 'group'),
    bucket: (columnData(table, 'bucket').values as unknown as Int32Array).subarray(0, count),
    fields: names.map((name) => float64(table, name)),
  };
}

function sampleColumns(partial: SamplePartial): Column[] {
  const { count } = partial;
  return [
    groupColumn(partial.group, count, partial.groups),
    { name: 'timestamp', data: flat(TIMESTAMP, partial.timestamp, count) },
    { name: 'rank', data: flat(UINT32, partial.rank, count) },
    { name: 'value', data: flat(FLOAT64, partial.value, count) },
  ];
}

function decodeSamples(table: Table): SamplePartial {
  const count = table.numRows;
  return {
    kind: 'Samples',
    groups: decodeGroups(table),
    count,
    group: uint32(table, 'group'),
    timestamp: (columnData(table, 'timestamp').values as unknown as BigInt64Array).subarray(0, count),
    rank: uint32(table, 'rank'),
    value: float64(table, 'value'),
  };
}

function valueColumns({ groups, count, group, bucket, value }: ValuePartial): Column[] {
  return [
    groupColumn(group, count, groups),
    { name: 'bucket', data: flat(UINT32, bucket, count) },
    { name: 'value', data: flat(FLOAT64, value, count) },
  ];
}

function decodeValues(table: Table): ValuePartial {
  return {
    kind: 'Values',
    groups: decodeGroups(table),
    count: table.numRows,
    group: uint32(table, 'group'),
    bucket: uint32(table, 'bucket'),
    value: float64(table, 'value'),
  };
}

/** Two rows: the entry's time, and its label sets. */
function encodeFailed({ timestampNs, groups }: FailedPartial): Uint8Array {
  const list = packGroups(groups);
  const columns = [
    groupColumn(Uint32Array.of(0, 1), 2, list),
    { name: 'timestamp', data: flat(TIMESTAMP, BigInt64Array.of(timestampNs, timestampNs), 2) },
  ];
  return encodeTable('failed', 2, columns, list);
}

function decodeFailed(table: Table): FailedPartial {
  const [stream, series] = groupLabels(decodeGroups(table));
  const timestamps = columnData(table, 'timestamp').values as unknown as BigInt64Array;
  return { kind: 'Failed', count: 0, timestampNs: timestamps[0], groups: [must(stream), must(series)] };
}

/** Numbers of groups, with the entries of their list if there are any. */
function groupColumn(group: Uint32Array, length: number, { count, offsets, bytes }: GroupList): Column {
  if (count === 0) return { name: 'group', data: flat(UINT32, group, length) };
  const entries = makeData({
    type: BINARY,
    length: count,
    nullCount: 0,
    valueOffsets: new Int32Array(offsets.buffer, offsets.byteOffset, count + 1),
    data: bytes,
  });
  const type = new Dictionary(BINARY, UINT32, 0);
  const data = group.subarray(0, length);
  return { name: 'group', data: makeData({ type, length, nullCount: 0, data, dictionary: new Vector([entries]) }) };
}

function decodeGroups(table: Table): GroupList {
  const dictionary = columnData(table, 'group').dictionary as Vector<Binary> | undefined;
  if (dictionary === undefined) return NO_GROUPS;
  const [entries] = dictionary.data;
  const shapes = must(table.schema.metadata.get(SHAPES_KEY), 'exchange stream has no names of groups');
  const { valueOffsets: offsets } = entries;
  return {
    shapes: JSON.parse(shapes) as string[][],
    count: entries.length,
    offsets: new Uint32Array(offsets.buffer, offsets.byteOffset, entries.length + 1),
    bytes: entries.values,
  };
}

type FlatValues = Uint32Array | Int32Array | Float64Array | BigInt64Array;

function flat(type: Uint32 | Int32 | Float64 | TimestampNanosecond, values: FlatValues, length: number): Data {
  return makeData({ type, length, nullCount: 0, data: values.subarray(0, length) } as Parameters<typeof makeData>[0]);
}

function dictionary(name: string, indices: Uint32Array, length: number, entries: readonly unknown[]): Column {
  const texts = vectorFromArray(
    entries.map((entry) => JSON.stringify(entry)),
    UTF8,
  );
  const type = new Dictionary(UTF8, UINT32, 0);
  return { name, data: makeData({ type, length, nullCount: 0, data: indices.subarray(0, length), dictionary: texts }) };
}

function encodeTable(kind: string, length: number, columns: readonly Column[], groups?: GroupList): Uint8Array {
  const fields = columns.map(({ name, data }) => new Field(name, data.type, false));
  const metadata = new Map([[KIND_KEY, kind]]);
  if (groups !== undefined) metadata.set(SHAPES_KEY, JSON.stringify(groups.shapes));
  const schema = new Schema(fields, metadata);
  const children = columns.map(({ data }) => data);
  const batch = new RecordBatch(schema, makeData({ type: new Struct(fields), length, nullCount: 0, children }));
  return tableToIPC(new Table(schema, [batch]), 'stream');
}

function columnData(table: Table, name: string): Data {
  const data: unknown = table.getChild(name)?.data[0];
  return must(data, `exchange stream has no column ${name}`) as Data;
}

function uint32(table: Table, name: string): Uint32Array {
  return (columnData(table, name).values as unknown as Uint32Array).subarray(0, table.numRows);
}

function float64(table: Table, name: string): Float64Array {
  return (columnData(table, name).values as unknown as Float64Array).subarray(0, table.numRows);
}

function dictionaryTexts(table: Table, name: string): string[] {
  return [...must(columnData(table, name).dictionary, `column ${name} has no dictionary`)] as string[];
}
