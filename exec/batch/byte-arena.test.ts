import { describe, expect, test } from 'vitest';
import { decodeUtf8 } from '../../src/common/utf8.ts';
import { ByteArena } from './byte-arena.ts';

describe('ByteArena', () => {
  test('appends bytes and text, short and long, while it grows', () => {
    const arena = new ByteArena();
    const long = Buffer.from('x'.repeat(10_000));
    const spans = [arena.append(Buffer.from('abc'), 1, 3), arena.appendText('é🚀'), arena.append(long, 0, 10_000)];
    expect(spans).toEqual([0, 2, 8]);
    expect(decodeUtf8(arena.bytes, 0, 8)).toBe('bcé🚀');
    expect(arena.size).toBe(10_008);
    expect(decodeUtf8(arena.bytes, 8, arena.size)).toBe(long.toString());
  });

  test('appends from its own bytes', () => {
    const arena = new ByteArena();
    arena.appendText('y'.repeat(4096));
    const at = arena.append(arena.bytes, 0, 4096);
    expect(decodeUtf8(arena.bytes, at, arena.size)).toBe('y'.repeat(4096));
  });

  test('has a limit', () => {
    const arena = new ByteArena(8192);
    arena.append(new Uint8Array(8000), 0, 8000);
    arena.append(new Uint8Array(192), 0, 192);
    expect(() => arena.append(new Uint8Array(1), 0, 1)).toThrow('more than 8192 bytes');
  });
});
