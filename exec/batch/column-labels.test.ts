import { describe, expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import { decodeUtf8, encodeUtf8 } from '../../src/common/utf8.ts';
import { textOf } from './column-labels.ts';
import { createBatch, type MutableBatch } from './create-batch.ts';
import type { MetadataColumn } from './label-cascade.ts';

const STREAMS = [Labels.fromRecord({ app: 'api', env: 'prod' }), Labels.fromRecord({ app: 'web' })];

function metadata(values: readonly (string | null)[]): MetadataColumn {
  const bytes = values.map((value) => encodeUtf8(value ?? ''));
  const start = new Int32Array(values.length);
  const length = new Int32Array(values.length);
  let at = 0;
  bytes.forEach((value, i) => {
    start[i] = at;
    length[i] = values[i] === null ? -1 : value.length;
    at += value.length;
  });
  return { start, length, values: Buffer.concat(bytes) };
}

/** Rows 0 and 1 of `{app="api", env="prod"}`, row 2 of `{app="web"}`. */
function batchOf(columns: Record<string, readonly (string | null)[]> = {}): MutableBatch {
  return createBatch({
    rowCount: 3,
    stream: Uint32Array.of(0, 0, 1),
    streamTable: STREAMS,
    selection: Uint32Array.of(0, 1, 2),
    timestamp: null,
    line: null,
    metadata: new Map(Object.entries(columns).map(([name, values]) => [name, metadata(values)])),
  });
}

function parse(batch: MutableBatch, name: string, row: number, value: string): void {
  const target = batch.labels.parseTarget(name, () => true);
  const bytes = encodeUtf8(value);
  target.free(row)?.writeSlice(row, bytes, 0, bytes.length);
}

function read(batch: MutableBatch, name: string): (string | null)[] {
  const reader = batch.labels.reader(name);
  return [0, 1, 2].map((row) => (reader.at(row) ? textOf(reader) : null));
}

describe('ColumnLabels', () => {
  test('reads stream labels and metadata', () => {
    const batch = batchOf({ trace: ['a', null, 'ü'] });
    expect(read(batch, 'app')).toEqual(['api', 'api', 'web']);
    expect(read(batch, 'env')).toEqual(['prod', 'prod', null]);
    expect(read(batch, 'trace')).toEqual(['a', null, 'ü']);
    expect(read(batch, 'none')).toEqual([null, null, null]);
    expect(batch.labels.row(2).key).toBe('{app="web", trace="ü"}');
    expect(batch.labels.columnNames()).toEqual(['trace']);
    expect(batch.labels.streamLabelsChanged).toBe(false);
  });

  test('metadata with the name of a label of its stream is shown as name_extracted (fact 122)', () => {
    const batch = batchOf({ env: ['x', null, 'y'] });
    expect(batch.labels.row(0).key).toBe('{app="api", env="prod", env_extracted="x"}');
    expect(batch.labels.row(1).key).toBe('{app="api", env="prod"}');
    expect(batch.labels.row(2).key).toBe('{app="web", env="y"}');
  });

  test('metadata that has the extracted name already keeps it', () => {
    const batch = batchOf({ env: ['x', 'z', null], env_extracted: ['own', null, 'w'] });
    expect(read(batch, 'env_extracted')).toEqual(['own', 'z', 'w']);
  });

  test('a parsed name moves aside for stream labels and metadata of its row (fact 121)', () => {
    const batch = batchOf({ trace: ['a', null, null] });
    for (const row of [0, 1, 2]) {
      parse(batch, 'env', row, `e${row}`);
      parse(batch, 'trace', row, `t${row}`);
    }
    expect(batch.labels.row(0).key).toBe(
      '{app="api", env="prod", env_extracted="e0", trace="a", trace_extracted="t0"}',
    );
    expect(batch.labels.row(1).key).toBe('{app="api", env="prod", env_extracted="e1", trace="t1"}');
    expect(batch.labels.row(2).key).toBe('{app="web", env="e2", trace="t2"}');
    expect(batch.labels.rowByOrigin(0)).toEqual({
      stream: [
        ['app', 'api'],
        ['env', 'prod'],
      ],
      metadata: [['trace', 'a']],
      parsed: [
        ['env_extracted', 'e0'],
        ['trace_extracted', 't0'],
      ],
    });
  });

  test('the first parsed value wins, an empty one too (facts 23, 121)', () => {
    const batch = batchOf();
    parse(batch, 'level', 0, '');
    parse(batch, 'level', 0, 'info');
    parse(batch, 'level', 1, 'warn');
    parse(batch, 'level', 1, 'error');
    expect(read(batch, 'level')).toEqual(['', 'warn', null]);
    expect(batch.labels.row(0).get('level')).toBe('');
  });

  test('set overrides every origin, remove hides every origin (facts 145, 149)', () => {
    const batch = batchOf({ trace: ['a', 'b', 'c'] });
    batch.labels.setText('env', 0, 'dev');
    batch.labels.setText('trace', 0, 'é');
    batch.labels.remove('env', 1);
    batch.labels.remove('trace', 1);
    batch.labels.remove('trace', 2);
    expect(read(batch, 'env')).toEqual(['dev', null, null]);
    expect(read(batch, 'trace')).toEqual(['é', null, null]);
    expect(batch.labels.streamLabelsChanged).toBe(true);
    expect(batch.labels.rowByOrigin(0).stream).toEqual([['app', 'api']]);
    expect(batch.labels.row(1).key).toBe('{app="api"}');
  });

  test('removing what only metadata or a parser had does not change stream labels', () => {
    const batch = batchOf({ trace: ['a', null, null] });
    parse(batch, 'level', 0, 'info');
    batch.labels.remove('trace', 0);
    batch.labels.remove('level', 0);
    batch.labels.remove('unknown', 0);
    expect(batch.labels.streamLabelsChanged).toBe(false);
    expect(batch.labels.row(0).key).toBe('{app="api", env="prod"}');
  });

  test('a parser sets removed metadata again, but not what a parser had set (fact 121)', () => {
    const batch = batchOf({ trace: ['a', null, null] });
    parse(batch, 'level', 0, 'info');
    batch.labels.remove('trace', 0);
    batch.labels.remove('level', 0);
    parse(batch, 'trace', 0, 'new');
    parse(batch, 'level', 0, 'new');
    expect(batch.labels.row(0).key).toBe('{app="api", env="prod", trace="new"}');
  });

  test('errors count as parsed and hide a parsed label of that name (facts 22, 124)', () => {
    const batch = batchOf({ __error__: [null, 'fromMetadata', null] });
    parse(batch, '__error__', 2, 'fromLine');
    batch.labels.setError(0, 'JSONParserErr', 'Malformed JSON error');
    expect(read(batch, '__error__')).toEqual(['JSONParserErr', 'fromMetadata', 'fromLine']);
    expect(batch.labels.rowByOrigin(0).parsed).toEqual([
      ['__error__', 'JSONParserErr'],
      ['__error_details__', 'Malformed JSON error'],
    ]);
    expect(batch.labels.hasError(1)).toBe(true);
    expect(batch.labels.hasError(2)).toBe(false);
    const filter = batch.labels.filterReader('__error__');
    expect([0, 1, 2].map((row) => filter.at(row))).toEqual([true, true, false]);
  });

  test('removing __error__ leaves the details (fact 149)', () => {
    const batch = batchOf();
    batch.labels.setError(0, 'LogfmtParserErr', 'details');
    batch.labels.remove('__error__', 0);
    expect(batch.labels.row(0).key).toBe('{__error_details__="details", app="api", env="prod"}');
    batch.labels.setError(0, 'JSONParserErr', null);
    expect(batch.labels.row(0).key).toBe('{__error__="JSONParserErr", app="api", env="prod"}');
  });

  test('names that later stages do not need are not written', () => {
    const batch = batchOf();
    const target = batch.labels.parseTarget('env', (name) => name === 'env');
    expect(target.free(0)).toBeNull();
    expect(target.free(2)?.name).toBe('env');
  });

  test('values of two buffers in one column are both readable', () => {
    const batch = batchOf();
    const first = encodeUtf8('one two');
    const second = encodeUtf8('three');
    const column = batch.labels.column('x');
    column.writeSlice(0, first, 4, 7);
    column.writeSlice(1, second, 0, 5);
    expect(read(batch, 'x')).toEqual(['two', 'three', null]);
    expect(decodeUtf8(column.arena, ~column.start[1], ~column.start[1] + column.length[1])).toBe('three');
  });
});
