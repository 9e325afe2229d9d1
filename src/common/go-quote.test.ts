import { expect, test } from 'vitest';
import { goQuote } from './go-quote.ts';

test.each([
  ['plain', '"plain"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['tab\tnl\n\x00\x7f', '"tab\\tnl\\n\\x00\\x7f"'],
  ['zoë 日本 ☕', '"zoë 日本 ☕"'],
  ['\u200b\u00a0', '"\\u200b\\u00a0"'],
  ['\u{e0001}', '"\\U000e0001"'],
])('%j', (text, quoted) => expect(goQuote(text)).toBe(quoted));
