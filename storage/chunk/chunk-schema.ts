import { Dictionary, Field, Int32, Map_, Schema, Struct, TimestampNanosecond, Uint32, Utf8 } from 'apache-arrow';
import { unreachable } from '../../src/common/assert.ts';
import type { IndexColumn } from '../index/index-content.ts';
import type { MetadataPlan } from './plan-metadata.ts';

/** The columns of a chunk in file order (docs/format/chunk.md). */
export function chunkColumns(plan: MetadataPlan): IndexColumn[] {
  const columns: IndexColumn[] = [
    { name: 'stream', type: 'uint32', dictionary: null },
    { name: 'timestamp', type: 'timestamp', dictionary: null },
    { name: 'line', type: 'utf8', dictionary: null },
  ];
  if (plan.levels.length > 0) columns.push({ name: 'level', type: 'dictionary', dictionary: plan.levels });
  for (const { name, dictionary } of plan.columns) {
    columns.push(
      dictionary === null
        ? { name: `metadata.${name}`, type: 'utf8', dictionary: null }
        : { name: `metadata.${name}`, type: 'dictionary', dictionary: dictionary.values },
    );
  }
  if (plan.hasMap) columns.push({ name: 'metadata', type: 'map', dictionary: null });
  return columns;
}

/** The same as an Arrow schema. The id of a dictionary is the number of its column. */
export function chunkSchema(columns: readonly IndexColumn[], fileMetadata: ReadonlyMap<string, string>): Schema {
  return new Schema(columns.map(fieldOf), new Map(fileMetadata));
}

function fieldOf({ name, type }: IndexColumn, column: number): Field {
  switch (type) {
    case 'uint32':
      return new Field(name, new Uint32(), false);
    case 'timestamp':
      return new Field(name, new TimestampNanosecond('UTC'), false);
    case 'utf8':
      return new Field(name, new Utf8(), name !== 'line');
    case 'dictionary':
      return new Field(name, new Dictionary(new Utf8(), new Int32(), column), true);
    case 'map': {
      const pair = new Struct<{ key: Utf8; value: Utf8 }>([
        new Field('key', new Utf8(), false),
        new Field('value', new Utf8(), false),
      ]);
      return new Field(name, new Map_(new Field('entries', pair, false), true), false);
    }
    default:
      return unreachable(type);
  }
}
