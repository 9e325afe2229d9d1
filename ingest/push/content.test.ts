import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { compressSync } from 'snappy';
import { describe, expect, test } from 'vitest';
import { readContent } from './content.ts';

const limits = { receivedMax: 1000, decompressedMax: 5000 };
const json = (body: Uint8Array, contentEncoding?: string) =>
  readContent({ contentType: 'application/json; charset=utf-8', contentEncoding, body }, limits);
const proto = (body: Uint8Array, contentEncoding?: string) =>
  readContent({ contentType: 'application/x-protobuf', contentEncoding, body }, limits);
const thrown = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('readContent', () => {
  const text = Buffer.from('{"streams":[]}');

  test.each<[string | undefined, Uint8Array]>([
    [undefined, text],
    ['', text],
    ['snappy', text],
    ['gzip', gzipSync(text)],
    ['deflate', deflateRawSync(text)],
  ])('JSON with encoding %s', (encoding, body) => {
    const content = json(body, encoding);
    expect(content.format).toBe('json');
    expect(Buffer.from(content.bytes).toString()).toBe(text.toString());
  });

  test('protobuf is always snappy, inside of another encoding too', () => {
    const block = compressSync(text);
    for (const content of [proto(block), proto(block, 'snappy'), proto(gzipSync(block), 'gzip')]) {
      expect(content.format).toBe('protobuf');
      expect(Buffer.from(content.bytes).toString()).toBe(text.toString());
    }
  });

  test.each(['GZIP', 'br', 'zstd', 'identity'])('refuses encoding %s', (encoding) => {
    expect(() => json(text, encoding)).toThrow(`Content-Encoding "${encoding}" not supported`);
  });

  test.each([
    ['gzip', text],
    ['gzip', gzipSync(text).subarray(0, 20)],
    ['deflate', deflateSync(text)],
  ])('refuses bytes that are not %s', (encoding, body) => {
    expect(thrown(() => json(body, encoding))).toMatchObject({ code: 'bad_request' });
  });

  test('at the size limits', () => {
    expect(json(Buffer.alloc(1000)).bytes).toHaveLength(1000);
    expect(thrown(() => json(Buffer.alloc(1001)))).toMatchObject({ code: 'too_large' });
    expect(json(gzipSync(Buffer.alloc(5000)), 'gzip').bytes).toHaveLength(5000);
    expect(thrown(() => json(gzipSync(Buffer.alloc(5001)), 'gzip'))).toMatchObject({ code: 'too_large' });
    expect(thrown(() => json(deflateRawSync(Buffer.alloc(500_000)), 'deflate'))).toMatchObject({ code: 'too_large' });
    expect(proto(compressSync(Buffer.alloc(5000))).bytes).toHaveLength(5000);
    expect(thrown(() => proto(compressSync(Buffer.alloc(5001))))).toMatchObject({ code: 'too_large' });
  });

  test.each<[string, number[]]>([
    ['nothing', []],
    ['a length that the bytes cannot have', [0x88, 0x27, 0x00]],
    ['a length without end', [0x80, 0x80, 0x80, 0x80, 0x80]],
    ['a length of more than 32 bits', [0xff, 0xff, 0xff, 0xff, 0x7f, 0]],
    ['a copy from before the start', [4, 0x0d, 9]],
  ])('refuses a snappy block of %s', (_, bytes) => {
    const error = thrown(() => proto(Uint8Array.from(bytes)));
    expect(error).toMatchObject({
      message: expect.stringMatching(/snappy: corrupt input|expected at most 5000/) as string,
    });
  });

  test('the densest snappy block is taken', () => {
    const zeros = Buffer.alloc(5000);
    expect(proto(compressSync(zeros)).bytes).toHaveLength(5000);
  });
});
