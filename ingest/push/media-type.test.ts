import { describe, expect, test } from 'vitest';
import { parseMediaType } from './media-type.ts';

describe('parseMediaType', () => {
  test.each([
    ['application/json', 'application/json'],
    ['Application/JSON; charset=utf-8', 'application/json'],
    ['application/json;charset="utf-8" ; x=y', 'application/json'],
    ['application/json;', 'application/json'],
    ['application/x-protobuf', 'application/x-protobuf'],
    [' text/plain ', 'text/plain'],
    ['text', 'text'],
  ])('%j', (header, type) => {
    expect(parseMediaType(header)).toBe(type);
  });

  test.each([
    [undefined, 'mime: no media type'],
    ['', 'mime: no media type'],
    [';', 'mime: no media type'],
    ['a b', 'mime: expected slash after first token'],
    ['a/', 'mime: expected token after slash'],
    ['a/b c', 'mime: unexpected content after media subtype'],
    ['a/b; c', 'mime: invalid media parameter'],
    ['a/b; c=1; C=2', 'mime: duplicate parameter name'],
  ])('%j is refused', (header, message) => {
    expect(() => parseMediaType(header)).toThrow(message);
  });
});
