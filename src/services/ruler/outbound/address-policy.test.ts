import { expect, test } from 'vitest';
import { publicAddresses } from './address-policy.ts';

const refuses = (address: string, allowed: readonly string[] = []): boolean => {
  try {
    publicAddresses(allowed)(address);
    return false;
  } catch {
    return true;
  }
};

test.each([
  ...[
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '0.0.0.0',
    '100.64.0.1',
  ],
  ...['::1', '::', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12::1', 'ff02::1', '224.0.0.1', '255.255.255.255'],
  ...[
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::10.0.0.1',
    '::127.0.0.1',
    '2002:7f00:1::',
    '::ffff:0:10.0.0.1',
    '64:ff9b:1::1',
    '5f00::1',
    'not an address',
    '',
  ],
])('%j is not for tenants', (address) => expect(refuses(address)).toBe(true));

test.each([
  '1.1.1.1',
  '172.32.0.1',
  '8.8.8.8',
  '2606:4700::1111',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
  '2002:808:808::',
])('%j is public', (address) => expect(refuses(address)).toBe(false));

test('the operator may allow some', () => {
  const allowed = ['10.1.0.0/16', 'fd00::/8'];
  expect(['10.1.2.3', '::ffff:10.1.2.3', 'fd00::5'].map((address) => refuses(address, allowed))).toEqual([
    false,
    false,
    false,
  ]);
  expect(refuses('10.2.0.1', allowed)).toBe(true);
});
