import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchOfLines, batchOfRows, labelsOf } from '../stages/testing/lines-batch.ts';
import { must } from '../../src/common/assert.ts';
import { areSound } from '../../storage/chunk/sound-json.ts';
import type { LabelPredicate } from '../../planner/ir/stage.ts';
import { compileJson, JSON_DEPTH_MAX } from './json.ts';

function parse(line: string, needed: 'all' | readonly string[] = 'all'): Record<string, string> {
  const batch = batchOfLines([line]);
  compileJson({ needed }).parse(batch);
  return labelsOf(batch)[0];
}

function failure(details: string): Record<string, string> {
  return { __error__: 'JSONParserErr', __error_details__: details };
}

const NOT_OBJECT = "Value looks like object, but can't find closing '}' symbol";

describe('json', () => {
  test.each([
    ['{}', {}],
    ['  {"a":"x"}  trailing', { a: 'x' }],
    [
      '{"a":1,"b":1.0,"c":1e3,"d":-5,"e":12345678901234567890}',
      { a: '1', b: '1.0', c: '1e3', d: '-5', e: '12345678901234567890' },
    ],
    ['{"a":true,"b":false,"c":null,"d":[1,{"x":"]"}],"e":"z"}', { a: 'true', b: 'false', e: 'z' }],
    ['{"a":{"b":{"c":"deep"}},"n":1}', { a_b_c: 'deep', n: '1' }],
    ['{ "a" : { "b" : 1 , "c" : 2 } , "d" : 3 }', { a_b: '1', a_c: '2', d: '3' }],
    ['{"a":"","b":{"c":""}}', { a: '', b_c: '' }],
    ['{"a":"x\\"y\\\\z\\n\\u00e9\\ud83d\\ude80"}', { a: 'x"y\\z\né🚀' }],
    ['{"a":"bad \\x","b":"\\ud800","c":"ok"}', { a: '', b: '', c: 'ok' }],
    ['{"a":"x\ufffdy","b":"\\ufffd"}', { a: 'x y', b: ' ' }],
    ['{"a":"日本🚀"}', { a: '日本🚀' }],
    ['{"weird-key.name":1," x ":2,"0a":3,"":4,"é":5,"🚀":6}', { weird_key_name: '1', x: '2', _0a: '3', _: '5' }],
    ['{"a":{"0b":1,"":2,"c d":3},"1":{"2":4},"":{"z":5}}', { a_0b: '1', a: '2', a_c_d: '3', _1_2: '4', z: '5' }],
    ['{"\\u0061b":1}', { ab: '1' }],
    ['{"dup":1,"dup":2}', { dup: '1' }],
    ['{"a_b":1,"a":{"b":2}}', { a_b: '1' }],
  ])('%s (facts 123, 126, 127, 129)', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });

  test.each([
    ['', {}, NOT_OBJECT],
    ['plain', {}, NOT_OBJECT],
    ['"text"', {}, NOT_OBJECT],
    ['[1]', {}, NOT_OBJECT],
    ['{', {}, 'Malformed JSON error'],
    ['{"a"', {}, 'Malformed JSON error'],
    ['{"a" 1}', {}, 'Malformed JSON error'],
    ['{"a', {}, 'Malformed JSON error'],
    ['{"a":', {}, 'Malformed JSON error'],
    ['{a:1}', {}, NOT_OBJECT],
    ['{"a":1', { a: '1' }, "Value is array, but can't find closing ']' symbol"],
    ['{"a":1,', { a: '1' }, "Value is array, but can't find closing ']' symbol"],
    ['{"a":1 "b":2}', { a: '1' }, NOT_OBJECT],
    ['{"a":"x","b":"tru', { a: 'x' }, "Value is string, but can't find closing '\"' symbol"],
    ['{"a":[1,2', {}, "Value is array, but can't find closing ']' symbol"],
    ['{"x":1,"a":{"b":2', { x: '1' }, NOT_OBJECT],
    ['{"_entry": broken', {}, 'Unknown value type'],
    ['{"a": }', {}, 'Unknown value type'],
    ['{"\\q":1}', {}, 'Encountered an invalid escape sequence in a string'],
  ])('%s keeps what came before the error (facts 125, 130)', (line, labels, details) => {
    expect(parse(line)).toEqual({ ...labels, ...failure(details) });
  });

  test('names of the stream and of metadata move the value aside, nested too (facts 121, 128)', () => {
    const batch = batchOfRows([
      { line: '{"app":"x","a":{"b":1},"t":2}', stream: { app: 'api', a_b: 's' }, metadata: { t: 'm' } },
      { line: '{"app":"x","a":{"b":1},"t":2}', stream: { job: 'j' } },
    ]);
    compileJson({ needed: 'all' }).parse(batch);
    expect(labelsOf(batch)).toEqual([
      { app: 'api', app_extracted: 'x', a_b: 's', a_b_extracted: '1', t: 'm', t_extracted: '2' },
      { a_b: '1', app: 'x', job: 'j', t: '2' },
    ]);
  });

  test('with hints only needed labels are set, and the line is left once all are there (fact 47)', () => {
    const line = '{"a":1,"b":{"c":2,"d":oops},"e":3,"f":"unterminated';
    expect(parse(line, ['a'])).toEqual({ a: '1' });
    expect(parse(line, ['b_c', 'a'])).toEqual({ a: '1', b_c: '2' });
    expect(parse(line, ['e'])).toEqual({ e: '3' });
    expect(parse(line, ['b_x'])).toEqual(failure('Unknown value type'));
    expect(parse(line, ['g'])).toEqual(failure("Value is string, but can't find closing '\"' symbol"));
    expect(parse('not json', [])).toEqual({});
  });

  test('errors are preserved on request (fact 51)', () => {
    const batch = batchOfLines(['x']);
    compileJson({ needed: ['__error__'], preserveErrors: true }).parse(batch);
    expect(labelsOf(batch)).toEqual([{ ...failure(NOT_OBJECT), __preserve_error__: 'true' }]);
  });

  test('what an earlier parser found counts', () => {
    const batch = batchOfLines(['{"a":1,"b":2}', '{"b":2,"a":broken']);
    compileJson({ needed: ['a'] }).parse(batch);
    const again = compileJson({ needed: ['a', 'b'] });
    again.parse(batch);
    expect(labelsOf(batch)[0]).toEqual({ a: '1', b: '2' });
  });

  test('nesting has a limit and ends without an error', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect(Object.keys(parse(nested(JSON_DEPTH_MAX + 1)))).toEqual([
      Array(JSON_DEPTH_MAX + 1)
        .fill('a')
        .join('_'),
    ]);
    expect(parse(nested(JSON_DEPTH_MAX + 2))).toEqual({});
  });

  test('one parser serves many batches with different streams', () => {
    const parser = compileJson({ needed: 'all' });
    const first = batchOfRows([{ line: '{"app":"x"}', stream: { app: 'api' } }]);
    const second = batchOfRows([{ line: '{"app":"y"}', stream: { env: 'prod' } }]);
    parser.parse(first);
    parser.parse(second);
    expect(labelsOf(first)).toEqual([{ app: 'api', app_extracted: 'x' }]);
    expect(labelsOf(second)).toEqual([{ app: 'y', env: 'prod' }]);
  });
});

/** The plain counterpart: JSON.parse and a recursive walk. Numbers are compared by value. */
function flatten(value: unknown, path: readonly string[], out: Map<string, unknown>): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) flatten(inner, [...path, key], out);
  } else if (value !== null && !Array.isArray(value)) {
    const name = path.join('_');
    if (!out.has(name)) out.set(name, value);
  }
}

// Keys that are not array indices keep their order in an object, and parts without digits need no prefix rule.
const keyOf = fc.stringMatching(/^[a-c]{1,2}$/);
const leaf = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string()),
);
const { object } = fc.letrec<{ object: Record<string, unknown>; value: unknown }>((tie) => ({
  object: fc.dictionary(keyOf, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  value: fc.oneof({ maxDepth: 4 }, leaf, tie('object')),
}));

/** JSON texts of values, most of which need no closer look. */
const usual = fc
  .constantFrom(...['1', '2.5', '-3', '1e3', '"x"', '""', '"a longer text"', '"\\"x"', '"\\ud800"', '"\ufffd"'])
  .chain((text) =>
    fc.constantFrom(text, text, 'true', 'null', 'nil', '[1,"]"]', '{"b":1,"c":{"a":"}"}}', '{}', '01x', '"'),
  );
const B_ABOVE_1: LabelPredicate = { kind: 'Number', name: 'b', op: '>', value: 1 };
const C_IS_X: LabelPredicate = { kind: 'String', matcher: { name: 'c', op: '=', value: 'x' } };

interface MadeLine {
  readonly keys: readonly string[];
  readonly values: readonly string[];
  readonly damage: { readonly at: number; readonly byte: string } | null;
  readonly separator: string;
}

function textOf({ keys, values, damage, separator }: MadeLine): string {
  const text = `{${keys.map((key, i) => `"${key}":${values[i]}`).join(separator)}}`;
  if (damage === null) return text;
  const at = Math.floor(damage.at * text.length);
  return text.slice(0, at) + damage.byte + text.slice(at + 1);
}

describe('json against JSON.parse', () => {
  test('all leaves of any object, with any white space', () => {
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const expected = new Map<string, unknown>();
        flatten(value, [], expected);
        const labels = parse(JSON.stringify(value, null, indent));
        expect(Object.keys(labels).sort()).toEqual([...expected.keys()].sort());
        for (const [name, plain] of expected) {
          if (typeof plain === 'number') expect(Number(labels[name])).toBe(plain === 0 ? 0 : plain);
          else expect(labels[name]).toBe(String(plain).replaceAll('\ufffd', ' '));
        }
      }),
    );
  });

  test('hints give the values that all gives, also for damaged lines', () => {
    const hint = fc.array(fc.stringMatching(/^[a-c]{1,2}(_[a-c])?$/), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(object, hint, fc.nat(60), (value, needed, cut) => {
        const text = JSON.stringify(value);
        const line = cut < 20 ? text.slice(0, cut) : text;
        const all = parse(line);
        const some = parse(line, needed);
        for (const name of needed) expect(some[name]).toBe(all[name]);
      }),
    );
  });

  test('a line reads the same behind lines like it, which are guessed, as alone, which is not', () => {
    const damage = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      byte: fc.constantFrom(...'{}[]":,\\x1- '),
    });
    const line = fc.record({
      keys: fc.constantFrom(['a', 'b', 'c'], ['a', 'c', 'b'], ['a', 'b'], ['b', 'b', 'c']),
      values: fc.tuple(usual, usual, usual),
      damage: fc.option(damage, { freq: 3 }),
      separator: fc.constantFrom(',', ',', ',', ', ', ' ,'),
    });
    const needed = fc.constantFrom<'all' | readonly string[]>('all', ['a'], ['b'], ['c', 'a'], ['a_b', 'c'], ['none']);
    const filter = fc.constantFrom<readonly LabelPredicate[]>([], [B_ABOVE_1], [B_ABOVE_1, C_IS_X]);
    fc.assert(
      fc.property(fc.array(line, { minLength: 2, maxLength: 12 }), needed, filter, (made, names, immediateFilters) => {
        const lines = made.map(textOf);
        const read = (some: readonly string[]): Record<string, string>[] => {
          const batch = batchOfLines(some);
          compileJson({ needed: names, immediateFilters }).parse(batch);
          return labelsOf(batch);
        };
        expect(read(lines)).toEqual(lines.flatMap((text) => read([text])));
      }),
      { numRuns: 500 },
    );
  });

  test('lines that are known to be sound need not be read to their end', () => {
    const key = fc.constantFrom('a', 'b', 'a_b', 'c', '__error__', '_', 'error', '__error__ ', 'é');
    const value = fc.constantFrom(
      '1',
      '-2e5',
      '"x"',
      '"\\"}"',
      'true',
      'null',
      '[{"a":1}]',
      '{"b":{"c":7}}',
      '{"_":{"error__":1}}',
    );
    const damage = fc.option(
      fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.constantFrom('"', '}', ' ') }),
    );
    const line = fc.record({
      keys: fc.array(key, { maxLength: 5 }),
      values: fc.array(value, { minLength: 5, maxLength: 5 }),
      damage: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, damage),
      separator: fc.constantFrom(',', ', '),
    });
    const needed = fc.subarray(['a', 'b', 'a_b', 'a_b_c', '__error__', '__error_details__'], { minLength: 1 });
    fc.assert(
      fc.property(line, needed, fc.boolean(), (made, names, wholeLine) => {
        const lines = [textOf(made), 'not json'];
        const read = (soundJson: boolean): Record<string, string>[] => {
          const batch = batchOfLines(lines);
          batch.line = { ...must(batch.line), soundJson };
          compileJson({ needed: names, ...(wholeLine ? { wholeLine: true } : {}) }).parse(batch);
          return labelsOf(batch).map((labels) =>
            Object.fromEntries(names.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]]))),
          );
        };
        const { offsets, values } = must(batchOfLines(lines).line);
        if (areSound(values, new Int32Array(offsets))) expect(read(true)).toEqual(read(false));
      }),
      { numRuns: 1000 },
    );
  });

  test('never throws, whatever the bytes', () => {
    const noise = fc.array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'a', '1', ' ', 'null', '\\u00'), {
      maxLength: 30,
    });
    fc.assert(fc.property(noise, (parts) => void parse(parts.join(''))));
  });
});
