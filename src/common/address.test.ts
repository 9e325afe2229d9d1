import { expect, test } from 'vitest';
import { parseAddress } from './address.ts';

test.each([
  ['redis:6379', { host: 'redis', port: 6379 }],
  ['127.0.0.1:1', { host: '127.0.0.1', port: 1 }],
  ['[::1]:6379', { host: '::1', port: 6379 }],
  ['redis.cache.svc', { host: 'redis.cache.svc', port: null }],
  ['', null],
  ['a:1,b:2', null],
  ['redis://a:1', null],
  ['a:99999', null],
  ['::1', null],
  ['a b', null],
])('%j', (text, address) => expect(parseAddress(text)).toEqual(address));
