import { expect, test } from 'vitest';
import { queryHash } from './query-hash.ts';

// Test vectors of FNV-1, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv
test.each([
  ['', 0x811c9dc5],
  ['a', 0x050c5d7e],
  ['foobar', 0x31f0b262],
])('%j', (text, hash) => expect(queryHash(text)).toBe(hash));
