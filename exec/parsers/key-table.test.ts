import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import { batchOfLines, labelsOf } from '../stages/testing/lines-batch.ts';
import { HASH_SEED, hashByte } from './byte-hash.ts';
import { compileJson } from './json.ts';
import { hasKeyAt, KEYS_KEPT_MAX, KeyTable, type KeyEntry } from './key-table.ts';
import { Needs } from './line-parser.ts';

function lookUp(table: KeyTable, key: string, parent: KeyEntry | null = null): KeyEntry {
  const bytes = encodeUtf8(key);
  return table.entry(parent, bytes, 0, bytes.length, bytes.reduce(hashByte, HASH_SEED));
}

describe('KeyTable', () => {
  test('gives one entry per key and parent, with its label name', () => {
    const table = new KeyTable(new Needs('all'));
    const a = lookUp(table, 'a');
    expect(lookUp(table, 'a')).toBe(a);
    expect(lookUp(table, 'a', a)).not.toBe(a);
    expect(lookUp(table, 'b-c', a).name).toBe('a_b_c');
    expect(lookUp(table, '0').name).toBe('_0');
    expect(lookUp(table, ' ').wanted).toBe(false);
  });

  test('stays right when it grows and when it forgets', () => {
    const table = new KeyTable(new Needs('all'));
    const batch = batchOfLines(['']);
    const first = lookUp(table, 'key0');
    for (let i = 0; i < KEYS_KEPT_MAX; i++) expect(lookUp(table, `key${i}`).name).toBe(`key${i}`);
    table.begin(batch);
    expect(lookUp(table, 'key0')).toBe(first);
    lookUp(table, 'one more');
    table.begin(batch);
    expect(lookUp(table, 'key0')).not.toBe(first);
  });

  test('knows what is needed', () => {
    const table = new KeyTable(new Needs(['a_b', 'x_extracted']));
    expect(lookUp(table, 'a')).toMatchObject({ wanted: false, wantedBelow: true });
    expect(lookUp(table, 'b', lookUp(table, 'a'))).toMatchObject({ wanted: true });
    expect(lookUp(table, 'x')).toMatchObject({ wanted: true });
    expect(lookUp(table, 'y')).toMatchObject({ wanted: false, wantedBelow: false });
  });

  test('recognizes a key in place', () => {
    const entry = lookUp(new KeyTable(new Needs('all')), 'ab');
    const text = encodeUtf8('ab"abc"');
    expect(hasKeyAt(entry, text, 0, text.length, 0x22)).toBe(true);
    expect(hasKeyAt(entry, text, 3, text.length, 0x22)).toBe(false);
    expect(hasKeyAt(entry, text, 0, 2, 0x22)).toBe(false);
  });
});

describe('guesses of the next key', () => {
  test('do not mislead when keys change, repeat, nest or are escaped', () => {
    const lines = [
      '{"a":1,"b":2,"c":{"d":3,"e":4}}',
      '{"a":1,"c":{"e":5},"b":2}',
      '{"ab":1,"a":2}',
      '{"a\\\\b":1,"x":2}',
      '{"a\\b":1,"x":2}',
      '{"a":1,"a":2,"b":3,"b":4}',
      '{}',
      '{"a":1,"b":2,"c":{"d":3,"e":4}}',
    ];
    const batch = batchOfLines(lines);
    compileJson({ needed: 'all' }).parse(batch);
    const alone = lines.map((line) => {
      const single = batchOfLines([line]);
      compileJson({ needed: 'all' }).parse(single);
      return labelsOf(single)[0];
    });
    expect(labelsOf(batch)).toEqual(alone);
    expect(alone[3]).toEqual({ a_b: '1', x: '2' });
  });
});
