import { describe, expect, test } from 'vitest';
import { compileIpMatcher } from './ip-search.ts';

const encoder = new TextEncoder();

function found(pattern: string, text: string): boolean {
  const bytes = encoder.encode(`x${text}x`);
  return compileIpMatcher(pattern)(bytes, 1, bytes.length - 1);
}

test.each([
  ['192.168.0.0/16', 'conn from 192.168.3.24:80 ok', true],
  ['192.168.0.0/16', 'deny 10.0.1.1', false],
  ['192.168.77.5/16', '192.168.3.24', true],
  ['10.0.1.1', 'deny 10.0.1.1', true],
  ['10.0.1.1', 'deny 10.0.1.11', false],
  ['10.0.1.1', 'deny 10.0.1.1.5', false],
  ['999.1.1.1-999.1.1.2', '', 'ip: invalid pattern: "999.1.1.1-999.1.1.2"'],
  ['10.0.0.5-10.0.0.9', 'a 10.0.0.4 10.0.0.7 b', true],
  ['10.0.0.5-10.0.0.9', 'a 10.0.0.4 10.0.0.10 b', false],
  ['0.0.0.0/0', 'bad 999.1.1.1', false],
  ['0.0.0.0/0', 'x 010.1.1.1', false],
  ['172.17.0.3', 'range 172.16.21.1,172.17.0.3', true],
  ['::1', '::1 loop', true],
  ['::1', 'loop ::1', true],
  ['::1', '0:0:0:0:0:0:0:1', true],
  ['2001:db8::/32', 'v6 2001:db8::a3 up', true],
  ['2001:db8::/32', 'v6 2001:db9::a3 up', false],
  ['2001:db8::1-2001:db8::ff', 'v6 2001:db8::a3 up', true],
  ['::/0', '1.2.3.4', false],
  ['::ffff:1.2.3.4', 'x ::ffff:102:304 y', true],
  ['1.2.3.4', 'x ::ffff:1.2.3.4 y', false],
  ['::/0', '12:30:45 at noon', false],
  ['::/0', '1:2:3:4:5:6:7:8:9', false],
  ['::/0', '1::2::3', false],
  ['bogus', '', 'ip: invalid pattern: "bogus"'],
  ['10.0.0.0/33', '', 'ip: invalid pattern: "10.0.0.0/33"'],
  ['10.0.0.9-10.0.0.5', '', 'ip: invalid pattern: "10.0.0.9-10.0.0.5"'],
  ['10.0.0.9-::1', '', 'ip: invalid pattern: "10.0.0.9-::1"'],
  ['1:2:3:4:5:6:7::8', '', 'ip: invalid pattern: "1:2:3:4:5:6:7::8"'],
  ['::12345', '', 'ip: invalid pattern: "::12345"'],
  ['', '', 'ip: invalid pattern: ""'],
])('ip(%j) in %j', (pattern, text, expected) => {
  if (typeof expected === 'string') expect(() => found(pattern, text)).toThrow(expected);
  else expect(found(pattern, text)).toBe(expected);
});

describe('CIDR lengths', () => {
  test.each([0, 1, 8, 15, 16, 17, 31, 32])('/%i', (length) => {
    const address = 0x0a4d_c3e1;
    const text = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
    const size = 2 ** (32 - length);
    const low = Math.floor(address / size) * size;
    const pattern = `${text(address)}/${length}`;
    expect(found(pattern, text(low))).toBe(true);
    expect(found(pattern, text(low + size - 1))).toBe(true);
    if (length > 0) expect(found(pattern, text(low + size))).toBe(false);
    if (low > 0) expect(found(pattern, text(low - 1))).toBe(false);
  });
});
