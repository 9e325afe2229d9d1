import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import { MEMO_BYTES_MAX, MEMO_VALUES_MAX, ValueMemo } from './value-memo.ts';

function counting() {
  const seen: string[] = [];
  const memo = new ValueMemo((heap, start, end) => {
    seen.push(Buffer.from(heap.subarray(start, end)).toString());
    return seen.length;
  });
  const get = (text: string) => memo.get(encodeUtf8(`<${text}>`), 1, 1 + encodeUtf8(text).length);
  return { get, seen };
}

describe('ValueMemo', () => {
  test('computes equal values once', () => {
    const { get, seen } = counting();
    expect([get('a'), get('b'), get('a'), get(''), get('')]).toEqual([1, 2, 1, 3, 3]);
    expect(seen).toEqual(['a', 'b', '']);
  });

  test('remembers so many values and so long ones', () => {
    const { get, seen } = counting();
    for (let i = 0; i <= MEMO_VALUES_MAX; i++) get(String(i));
    const computed = seen.length;
    for (let i = 0; i < MEMO_VALUES_MAX; i++) get(String(i));
    expect(seen.length).toBe(computed);
    get(String(MEMO_VALUES_MAX));
    expect(seen.length).toBe(computed + 1);
    const other = counting();
    const longest = 'x'.repeat(MEMO_BYTES_MAX);
    other.get(longest);
    other.get(longest);
    other.get(`${longest}x`);
    other.get(`${longest}x`);
    expect(other.seen.length).toBe(3);
  });
});
