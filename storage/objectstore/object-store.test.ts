import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { openObjectStore, type ObjectStoreConfig } from './object-store-config.ts';
import type { ObjectStore } from './object-store.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'skald-objects-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (data: Uint8Array): string => Buffer.from(data).toString();
const kinds: readonly ObjectStoreConfig['kind'][] = ['filesystem', 'memory'];

describe.each(kinds)('object store conformance: %s', (kind) => {
  let store: ObjectStore;
  beforeEach(() => {
    store = openObjectStore(kind === 'filesystem' ? { kind, directory } : { kind }, nodeRuntime);
  });

  test('gives back the parts as one object', async () => {
    await store.put('t/a', [bytes('one'), bytes(''), bytes('two')]);
    expect(text(await store.get('t/a'))).toBe('onetwo');
    await store.put('t/empty', []);
    expect(text(await store.get('t/empty'))).toBe('');
  });

  test('gives ranges, short only where the object ends', async () => {
    await store.put('t/a', [bytes('0123456789')]);
    expect(text(await store.getRange('t/a', 2, 3))).toBe('234');
    expect(text(await store.getRange('t/a', 8, 5))).toBe('89');
    expect(text(await store.getRange('t/a', 20, 5))).toBe('');
    expect(text(store.getRangeSync!('t/a', 2, 3))).toBe('234');
    expect(text(store.getRangeSync!('t/a', 8, 5))).toBe('89');
  });

  test('reads into a buffer that is larger than the range', async () => {
    await store.put('t/a', [bytes('0123456789')]);
    const target = new Uint8Array(16);
    expect(text(store.getRangeSync!('t/a', 2, 3, target))).toBe('234');
    expect(text(store.getRangeSync!('t/a', 8, 5, target))).toBe('89');
    expect(text(await store.get('t/a'))).toBe('0123456789');
  });

  test('replaces at once with put, never with putIfAbsent', async () => {
    await store.put('t/a', [bytes('first')]);
    expect(text(store.getRangeSync!('t/a', 0, 100))).toBe('first');
    await store.put('t/a', [bytes('second')]);
    expect(text(await store.get('t/a'))).toBe('second');
    expect(text(store.getRangeSync!('t/a', 0, 100))).toBe('second');
    expect(await store.putIfAbsent('t/a', [bytes('third')])).toBe(false);
    expect(await store.putIfAbsent('t/b', [bytes('third')])).toBe(true);
    expect(text(await store.get('t/a'))).toBe('second');
    expect(text(await store.get('t/b'))).toBe('third');
  });

  test('lets one of many concurrent putIfAbsent win', async () => {
    const wins = await Promise.all(Array.from({ length: 8 }, (_, i) => store.putIfAbsent('t/a', [bytes(`${i}`)])));
    expect(wins.filter(Boolean)).toHaveLength(1);
    expect(text(await store.get('t/a'))).toBe(`${wins.indexOf(true)}`);
  });

  test('keeps its own copy of what it was given', async () => {
    const data = bytes('abc');
    await store.put('t/a', [data]);
    data[0] = 0;
    expect(text(await store.get('t/a'))).toBe('abc');
  });

  test('lists sorted by key, at any depth, below a prefix', async () => {
    for (const key of ['t/d2/x', 't/d1/b', 't/d1/a', 'u/a', 'tt/a']) await store.put(key, [bytes(key)]);
    expect(await store.list('t/')).toEqual([
      { key: 't/d1/a', sizeBytes: 6 },
      { key: 't/d1/b', sizeBytes: 6 },
      { key: 't/d2/x', sizeBytes: 6 },
    ]);
    expect((await store.list('')).map(({ key }) => key)).toEqual(['t/d1/a', 't/d1/b', 't/d2/x', 'tt/a', 'u/a']);
    expect(await store.list('nothing/')).toEqual([]);
    expect(await store.listFolders('')).toEqual(['t', 'tt', 'u']);
    expect(await store.listFolders('t/')).toEqual(['d1', 'd2']);
    expect(await store.listFolders('t/d1/')).toEqual([]);
  });

  test('deletes, also what is not there; an emptied folder is gone', async () => {
    await store.put('t/d/a', [bytes('x')]);
    expect(text(store.getRangeSync!('t/d/a', 0, 1))).toBe('x');
    await store.delete('t/d/a');
    await store.delete('t/d/a');
    await expect(store.get('t/d/a')).rejects.toMatchObject({ code: 'not_found' });
    expect(() => store.getRangeSync!('t/d/a', 0, 1)).toThrow(/does not exist/);
    expect(await store.listFolders('')).toEqual([]);
    expect(await store.list('')).toEqual([]);
  });

  test('names the object that is not there', async () => {
    for (const read of [() => store.get('t/no'), () => store.getRange('t/no', 0, 1)]) {
      await expect(read()).rejects.toMatchObject({
        code: 'not_found',
        message: expect.stringContaining('"t/no"') as string,
      });
    }
  });

  test.each([
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    '../a',
    'a/../b',
    './a',
    'a b',
    'a\\b',
    'ä',
    'a/x.tmp',
    'a\0',
    'x'.repeat(1025),
  ])('refuses the key %j', async (key) => {
    await expect(store.put(key, [])).rejects.toMatchObject({ code: 'bad_request' });
    await expect(store.putIfAbsent(key, [])).rejects.toMatchObject({ code: 'bad_request' });
    await expect(store.get(key)).rejects.toMatchObject({ code: 'bad_request' });
    await expect(store.getRange(key, 0, 1)).rejects.toMatchObject({ code: 'bad_request' });
    await expect(store.delete(key)).rejects.toMatchObject({ code: 'bad_request' });
    expect(() => store.getRangeSync!(key, 0, 1)).toThrow(/not legal/);
  });

  test.each(['a', '/', '../', 'a/../', 'a//'])('refuses the prefix %j', async (prefix) => {
    await expect(store.list(prefix)).rejects.toMatchObject({ code: 'bad_request' });
    await expect(store.listFolders(prefix)).rejects.toMatchObject({ code: 'bad_request' });
  });
});

describe('filesystem', () => {
  test('another opening of the directory sees the objects, and no unfinished file', async () => {
    await openObjectStore({ kind: 'filesystem', directory }, nodeRuntime).put('t/d/a', [bytes('x')]);
    writeFileSync(path.join(directory, 't', 'd', 'b.0a.tmp'), 'half');
    const again = openObjectStore({ kind: 'filesystem', directory }, nodeRuntime);
    expect(await again.list('')).toEqual([{ key: 't/d/a', sizeBytes: 1 }]);
  });

  test('a directory that was removed is made again', async () => {
    const store = openObjectStore({ kind: 'filesystem', directory }, nodeRuntime);
    await store.put('t/d/a', [bytes('x')]);
    rmSync(path.join(directory, 't'), { recursive: true });
    await store.put('t/d/b', [bytes('y')]);
    expect(text(await store.get('t/d/b'))).toBe('y');
  });

  test('a file in the way of a directory is unavailable', async () => {
    const store = openObjectStore({ kind: 'filesystem', directory }, nodeRuntime);
    await store.put('t/a', [bytes('x')]);
    await expect(store.put('t/a/b', [bytes('y')])).rejects.toMatchObject({ code: 'unavailable' });
  });
});
