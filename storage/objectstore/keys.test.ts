import { describe, expect, test } from 'vitest';
import { chunkKey, indexKey, indexPrefix, isDay, TENANT_LENGTH_MAX } from './keys.ts';

const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

describe('object keys', () => {
  test('are tenant, day, kind and id', () => {
    expect(indexKey('t1', '2026-01-15', ID)).toBe(`t1/2026-01-15/index/${ID}`);
    expect(chunkKey('t1', '2026-01-15', ID)).toBe(`t1/2026-01-15/chunk/${ID}.arrow`);
    expect(indexKey("a!-_.*'()Z", '2026-01-15', ID)).toBe(`a!-_.*'()Z/2026-01-15/index/${ID}`);
  });

  test.each(['', '.', '..', 'a/b', 'a b', 'ä', 'a\n', 'x'.repeat(TENANT_LENGTH_MAX + 1)])(
    'refuse the tenant %j',
    (tenant) => {
      expect(() => indexPrefix(tenant, '2026-01-15')).toThrow(expect.objectContaining({ code: 'bad_request' }));
      expect(() => chunkKey(tenant, '2026-01-15', ID)).toThrow(expect.objectContaining({ code: 'bad_request' }));
    },
  );

  test('allow a tenant of the greatest length', () => {
    expect(indexPrefix('x'.repeat(TENANT_LENGTH_MAX), '2026-01-15')).toContain('/2026-01-15/index/');
  });

  test.each(['2026-1-15', '../x', ''])('refuse the day %j', (day) => {
    expect(() => indexKey('t', day, ID)).toThrow(/not a day/);
    expect(isDay(day)).toBe(false);
  });

  test.each(['', 'abc', `${ID}x`, ID.toLowerCase()])('refuse the id %j', (id) => {
    expect(() => indexKey('t', '2026-01-15', id)).toThrow(/not a ULID/);
  });
});
