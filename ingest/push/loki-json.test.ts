import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SkaldError } from '../../src/common/errors.ts';
import { NOW_NS, testDecoder } from '../../test/support/push-decoder.ts';
import { jsonPush, rowsOf } from '../../test/support/push-encoder.ts';

const decode = (json: unknown) => testDecoder().decode(jsonPush(json));
const errorOf = (json: string): string => {
  const { error, batch } = decode(json);
  expect(batch).toBeNull();
  expect(error?.code).toBe('bad_request');
  return error?.message ?? '';
};
const inStream = (values: string) => `{"streams":[{"stream":{"a":"1"},"values":${values}}]}`;

describe('JSON push', () => {
  test('text survives', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => value.isWellFormed());
    const values = fc.array(fc.tuple(text, fc.dictionary(fc.constantFrom('a', 'b_c', 'Z'), text)), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(values, { maxLength: 4 }), fc.boolean(), fc.nat(2), (streams, escape, indent) => {
        const plain = JSON.stringify(
          {
            streams: streams.map((entries, i) => ({
              ignored: [{ values: [1, 'x]'] }],
              stream: { n: `"${i}"` },
              values: entries.map(([line, metadata], j) => [String(1000 * i + j), line, metadata]),
            })),
          },
          null,
          indent,
        );
        const json = escape
          ? plain.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          : plain;
        const rows = rowsOf(decode(json).batch);
        const expected = streams.flatMap((entries, i) =>
          entries.map(([line, metadata], j) => [
            `{n="\\"${i}\\"", service_name="unknown_service"}`,
            BigInt(1000 * i + j),
            line,
            { ...metadata },
          ]),
        );
        expect(rows.map((row) => [row.labels, row.timestampNs, row.line, row.metadata])).toEqual(expected);
      }),
    );
  });

  test('values may stand before labels, keys may repeat, and more keys and items are ignored', () => {
    const json = `  {"x":[1,-2.5e3,null,true,{}], "Streams" : [ {"values":[["1","old"]],"values" : [ ["1", "a", {}, 7] , null,["2","b"]],
      "stream":{"k":"0"}, "stream":{"k":"v","k":"w"},"y":{"values":[]} } ] } trailing`;
    const rows = rowsOf(decode(json).batch);
    expect(rows.map(({ labels, line }) => [labels, line])).toEqual([
      ['{k="w", service_name="unknown_service"}', 'a'],
      ['{k="w", service_name="unknown_service"}', 'b'],
    ]);
  });

  test('values that are null have no entries', () => {
    expect(decode(inStream('null'))).toMatchObject({ batch: null, error: null });
  });

  test('labels that are no strings are taken as written', () => {
    const { batch } = decode('{"streams":[{"stream":{"a":5,"b":true,"c":null,"d":{"e":[1]}},"values":[["1","x"]]}]}');
    expect(batch?.streams[0]?.pairs.slice(0, 4)).toEqual([
      ['a', '5'],
      ['b', 'true'],
      ['c', 'null'],
      ['d', '{"e":[1]}'],
    ]);
  });

  test('escapes', () => {
    const { batch } = decode(
      inStream('[["1","\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u65e5\\ud83d\\ude80\\ud83dx\\ude80\\ud83d\\u0041"]]'),
    );
    expect(rowsOf(batch)[0]?.line).toBe('"\\/\b\f\n\r\tAé日\u{1f680}\ufffdx\ufffd\ufffdA');
  });

  test.each([
    ['9223372036854775807', null, 'too new'],
    ['9223372036854775808', null, 'Value is number, but overflowed while parsing'],
    ['99999999999999999999', null, 'Value is number, but overflowed while parsing'],
    ['-9223372036854775807', -9_223_372_036_854_775_807n, null],
    ['-1', -1n, null],
    ['-1000000000', -1_000_000_000n, null],
    ['00000000000000000000000012', 12n, null],
    ['-0', 0n, null],
    ['', null, "can't find its end"],
    ['-', null, "can't find its end"],
    ['1.5', null, "can't find its end"],
    ['+1', null, "can't find its end"],
    [' 1', null, "can't find its end"],
  ])('timestamp %j', (text, timestamp, message) => {
    const { batch, error } = decode(inStream(`[["${text}","x"]]`));
    if (message === null) expect(batch?.timestamp[0]).toBe(timestamp);
    else expect(error?.message).toContain(message);
  });

  test.each([
    ['a number as timestamp', '[[1,"x"]]', "Value is string, but can't find closing '\"' symbol"],
    ['a number as line', '[["1",2]]', "Value is string, but can't find closing '\"' symbol"],
    ['a null line', '[["1",null]]', "Value is string, but can't find closing '\"' symbol"],
    ['no timestamp', '[[]]', "Value is string, but can't find closing '\"' symbol"],
    ['metadata null', '[["1","x",null]]', "Value looks like object, but can't find closing '}' symbol"],
    ['a metadata number', '[["1","x",{"a":1}]]', "Value is string, but can't find closing '\"' symbol"],
    ['an entry that is an object', '[{"ts":"1"}]', "Value is array, but can't find closing ']' symbol"],
    ['values that are an object', '{}', "Value is array, but can't find closing ']' symbol"],
  ])('refuses %s', (_, values, message) => {
    expect(errorOf(inStream(values))).toContain(
      `[]loghttp.LogProtoStream: unmarshalerDecoder: ${message}, error found in #10 byte`,
    );
  });

  test.each([
    [
      '[]',
      'readObjectStart: expect { or n, but found [, error found in #1 byte of ...|[]|..., bigger context ...|[]|...',
    ],
    [
      '  ',
      'readObjectStart: expect { or n, but found \0, error found in #0 byte of ...|  |..., bigger context ...|  |...',
    ],
    [
      '{x',
      'readObjectStart: expect " after {, but found x, error found in #2 byte of ...|{x|..., bigger context ...|{x|...',
    ],
    [
      '{"streams":5}',
      'loghttp.PushRequest.Streams: []loghttp.LogProtoStream: decode slice: expect [ or n, but found 5, error found in #10 ' +
        'byte of ...|streams":5}|..., bigger context ...|{"streams":5}|...',
    ],
    ['{"streams":[5]}', "Value looks like object, but can't find closing '}' symbol"],
    ['{"streams":[null]}', "Value looks like object, but can't find closing '}' symbol"],
    ['{"streams":[{"stream":"x","values":[]}]}', "Value looks like object, but can't find closing '}' symbol"],
    ['{"a":1', 'loghttp.PushRequest.isObjectEnd: object ended prematurely, unexpected char \0'],
    ['{"a" 1}', 'loghttp.PushRequest.readFieldHash: expect :, but found 1'],
    ['{"a":tru}', 'loghttp.PushRequest.skipThreeBytes: expect rue'],
    ['{"a":01}', 'loghttp.PushRequest.skipNumber: invalid number'],
    ['{"a":"\\q"}', 'loghttp.PushRequest.readEscapedChar: invalid escape char after \\'],
    ['{"a":"\\u00g0"}', 'loghttp.PushRequest.readU4: expected 0~9 or a~f, but found g'],
    ['{"a":"\n"}', 'loghttp.PushRequest.ReadString: invalid control character found: 10'],
    ['{"streams":[{"stream":{},"values":[["1","x"]]', 'object ended prematurely'],
    ['{"streams":[],"streams":[]}', 'it has "streams" twice'],
    [`{"a":${'['.repeat(2000)}`, 'exceeded max depth'],
  ])('refuses %j', (json, message) => {
    expect(errorOf(json)).toContain(message);
  });

  test('error texts quote from one block of 512 bytes', () => {
    const tail = '"streams":[{"stream":{"a":"1"},"values":[[1]]}]}';
    const body = (end: number) => `{"p":"${'p'.repeat(end - tail.length - 8)}",${tail}`;
    // The stream object ends two bytes before the body does.
    expect(errorOf(body(514))).toContain('#10 byte of ...|es":[[1]]}|..., ');
    expect(errorOf(body(515))).toContain('#1 byte of ...|}]}|..., bigger context ...|}]}|...');
  });

  test('a body cut anywhere is refused', () => {
    const json = JSON.stringify({
      streams: [{ stream: { a: 'é' }, values: [[String(NOW_NS), 'l\n\u{1f680}', { b: 'c' }]], n: [1.5e3, true, null] }],
    });
    const bytes = Buffer.from(json);
    for (let length = 0; length < bytes.length; length++) {
      const body = Buffer.from(bytes.subarray(0, length));
      const { batch, error } = testDecoder().decode({
        contentType: 'application/json',
        contentEncoding: undefined,
        body,
      });
      expect(batch, `at ${length}`).toBeNull();
      expect(error, `at ${length}`).toBeInstanceOf(SkaldError);
    }
  });

  test('damaged bodies never crash, and never give lines that JSON does not have', () => {
    const json = JSON.stringify({
      streams: [
        {
          stream: { a: '1' },
          values: [
            ['5', 'one "two"', { b: 'c' }],
            ['6', 'x'],
          ],
        },
      ],
    });
    const position = fc.nat(json.length - 1);
    const char = fc.constantFrom(...'{}[]",:\\u0 1nx\n\0é'.split(''));
    fc.assert(
      fc.property(fc.array(fc.tuple(position, char), { minLength: 1, maxLength: 3 }), (changes) => {
        const chars = [...json];
        for (const [at, to] of changes) chars[at] = to;
        const damaged = chars.join('');
        const { batch, error } = decode(damaged);
        let parsed: { streams?: { values?: string[][] | null }[] } | null;
        try {
          parsed = JSON.parse(damaged) as typeof parsed;
        } catch {
          return;
        }
        if (error !== null || parsed?.streams === undefined) return;
        const lines = parsed.streams.flatMap(({ values }) => (values ?? []).map((value) => value[1] ?? ''));
        expect(rowsOf(batch).map(({ line }) => line)).toEqual(lines);
      }),
      { numRuns: 5_000 },
    );
  });
});
