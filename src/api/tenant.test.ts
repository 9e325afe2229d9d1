import { describe, expect, test } from 'vitest';
import { isTenantList, tenantsIn } from '../common/tenant.ts';
import { canonicalTenants } from './tenant.ts';

describe('canonicalTenants', () => {
  test.each([
    ['t1', 't1', ['t1']],
    ["a!-_.*'()9", "a!-_.*'()9", ["a!-_.*'()9"]],
    ['x'.repeat(150), 'x'.repeat(150), ['x'.repeat(150)]],
    ['...', '...', ['...']],
    ['t2|t1|t1', 't1|t2', ['t1', 't2']],
    ['t1|', 't1|', ['t1']],
    ['t1|t1', 't1|', ['t1']],
    ['|b|a|', 'a|b', ['a', 'b']],
  ])('%s is %s', (text, canonical, tenants) => {
    expect(canonicalTenants(text)).toBe(canonical);
    expect(tenantsIn(canonical)).toEqual(tenants);
    expect(isTenantList(canonical)).toBe(text.includes('|'));
  });

  test.each([
    ['', 'no org id'],
    ['|', 'no org id'],
    ['.', "tenant ID is '.' or '..'"],
    ['a|..', "tenant ID is '.' or '..'"],
    ['a/b', "tenant ID 'a/b' contains unsupported character '/'"],
    ['a b', "tenant ID 'a b' contains unsupported character ' '"],
    ['a😀', "tenant ID 'a😀' contains unsupported character '😀'"],
    ['a|b\\c', "tenant ID 'b\\c' contains unsupported character '\\'"],
    ['x'.repeat(151), 'tenant ID is too long: max 150 characters'],
  ])('refuses %j', (text, message) => expect(() => canonicalTenants(text)).toThrow(message));
});
