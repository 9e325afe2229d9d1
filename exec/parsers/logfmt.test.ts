import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchOfLines, batchOfRows, labelsOf } from '../stages/testing/lines-batch.ts';
import { compileLogfmt } from './logfmt.ts';
import { compileLogfmtExpressions } from './logfmt-expressions.ts';

type Options = Partial<Parameters<typeof compileLogfmt>[0]>;

function parse(line: string, options: Options = {}): Record<string, string> {
  const batch = batchOfLines([line]);
  compileLogfmt({ strict: false, keepEmpty: false, needed: 'all', ...options }).parse(batch);
  return labelsOf(batch)[0];
}

describe('logfmt', () => {
  test.each([
    ['', {}],
    ['a=1 b=two  c="x y"', { a: '1', b: 'two', c: 'x y' }],
    ['a=1 a=2', { a: '1' }],
    ['bare c= d="" e=5', { e: '5' }],
    ['a= a=5', { a: '5' }],
    ['free text =novalue k=v', { k: 'v' }],
    ['a=b=c d=e f"g=1 h=2', { d: 'e', h: '2' }],
    ['a=x"y b=1', { b: '1' }],
    ['a="x\\"y\\n\\u00e9\\ud83d\\ude80\\\'" b=1', { a: 'x"y\né🚀\'', b: '1' }],
    ['a="half \\ud83d" b=1', { a: 'half  ', b: '1' }],
    ['a="bad \\x" b=1', { b: '1' }],
    ['a="never closed b=1', {}],
    ['a="x"y=1 b=2', { a: 'x', y: '1', b: '2' }],
    ['weird-key.x=1 0d=2', { weird_key_x: '1', _0d: '2' }],
    ['a=x\ufffdy b\ufffd=1 c=2', { a: 'x y', c: '2' }],
    ['path=C:\\dir\\file pct=50%', { path: 'C:\\dir\\file', pct: '50%' }],
    ['<tag attr="1">html & entities</tag>', { attr: '1' }],
    ['a=1\tb=2\u0001c=3', { a: '1', b: '2', c: '3' }],
  ])('%s (facts 134 to 137)', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });

  test('--keep-empty keeps keys without a value', () => {
    expect(parse('bare c= d="" e=5', { keepEmpty: true })).toEqual({ bare: '', c: '', d: '', e: '5' });
  });

  test.each([
    ['a=1 =x b=2', "logfmt syntax error at pos 5 : unexpected '='"],
    ['a=1 b"=2', "logfmt syntax error at pos 6 : unexpected '\"'"],
    ['a=1 é=b=c', "logfmt syntax error at pos 9 : unexpected '='"],
    ['a=1 b="x', 'logfmt syntax error at pos 9 : unterminated quoted value'],
    ['a=1 b="\\x" c=1', 'logfmt syntax error at pos 11 : invalid quoted value'],
    ['a=1 b\ufffd=1', 'logfmt syntax error at pos 9 : invalid key'],
  ])('--strict stops at the first error: %s (fact 136)', (line, details) => {
    const labels = parse(line, { strict: true });
    expect(labels).toEqual({ a: '1', __error__: 'LogfmtParserErr', __error_details__: details });
  });

  test('with hints only needed labels are set, and the line is left once all are there (fact 47)', () => {
    expect(parse('a=1 b=2 =x c=3', { strict: true, needed: ['b'] })).toEqual({ b: '2' });
    const preserved = parse('=x', { strict: true, needed: ['__error__'], preserveErrors: true });
    expect(preserved).toMatchObject({ __preserve_error__: 'true' });
    expect(parse('=x', { strict: true, needed: [] })).toEqual({});
  });

  test('names of the stream and of metadata move the value aside (fact 121)', () => {
    const batch = batchOfRows([
      { line: 'app=x t=1', stream: { app: 'api' }, metadata: { t: 'm' } },
      { line: 'app=x t=1', stream: { env: 'dev' } },
    ]);
    compileLogfmt({ strict: false, keepEmpty: false, needed: ['app', 'app_extracted', 't'] }).parse(batch);
    expect(labelsOf(batch)).toEqual([
      { app: 'api', app_extracted: 'x', t: 'm' },
      { app: 'x', env: 'dev', t: '1' },
    ]);
  });

  test('equals a plain parser on lines of pairs and noise', () => {
    const word = fc.stringMatching(/^[a-c."= \\]{0,6}$/);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.boolean(), (words, keepEmpty) => {
        const line = words.join(' ');
        expect(parse(line, { keepEmpty })).toEqual(plainLogfmt(line, keepEmpty));
      }),
      { numRuns: 2000 },
    );
  });

  test('a line reads the same behind lines like it, which are guessed, as alone, which is not', () => {
    const pair = fc.stringMatching(/^(a|b|c|é|)(=(x|12|"q"|"q \\"r"|"cut|""|y=z|))?$/);
    const lines = fc.array(
      fc.array(pair, { maxLength: 5 }).map((pairs) => pairs.join(' ')),
      { minLength: 2, maxLength: 10 },
    );
    const needed = fc.constantFrom<'all' | readonly string[]>('all', ['a'], ['b', 'c'], ['c', '_'], ['none']);
    fc.assert(
      fc.property(lines, needed, fc.boolean(), fc.boolean(), (texts, names, strict, keepEmpty) => {
        const read = (some: readonly string[]): Record<string, string>[] => {
          const batch = batchOfLines(some);
          compileLogfmt({ strict, keepEmpty, needed: names }).parse(batch);
          return labelsOf(batch);
        };
        expect(read(texts)).toEqual(texts.flatMap((text) => read([text])));
      }),
      { numRuns: 1000 },
    );
  });

  test('hints give the values that all gives', () => {
    const line = fc.array(fc.stringMatching(/^[a-d]=[xy"]{0,3}$/), { maxLength: 10 }).map((pairs) => pairs.join(' '));
    fc.assert(
      fc.property(line, fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 }), (text, needed) => {
        const all = parse(text);
        const some = parse(text, { needed });
        for (const name of needed) expect(some[name]).toBe(all[name]);
      }),
    );
  });
});

/** The plain counterpart: regular expressions from the left. */
function plainLogfmt(line: string, keepEmpty: boolean): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = line.trimStart();
  while (rest !== '') {
    const key = leading(/^[^\s="]*/, rest);
    let value: string | null = '';
    rest = rest.slice(key.length);
    if (rest.startsWith('="')) {
      const quoted = leading(/^"(?:[^"\\]|\\.)*"/, rest.slice(1));
      value = key === '' || quoted === '' ? null : plainUnquote(quoted);
      if (key !== '') rest = quoted === '' ? '' : rest.slice(1 + quoted.length);
    } else if (rest.startsWith('=')) {
      value = leading(/^[^\s="]*/, rest.slice(1));
      rest = key === '' ? rest : rest.slice(1 + value.length);
      if (key === '' || /^\S/.test(rest)) value = null;
    } else if (rest.startsWith('"')) {
      value = null;
    }
    const name = key.replace(/[^A-Za-z0-9_]/g, '_');
    if (value === null) rest = rest.replace(/^\S+/, '');
    else if ((value !== '' || keepEmpty) && !Object.hasOwn(labels, name)) labels[name] = value;
    rest = rest.trimStart();
  }
  return labels;
}

function leading(pattern: RegExp, text: string): string {
  return pattern.exec(text)?.[0] ?? '';
}

function plainUnquote(quoted: string): string | null {
  const inner = quoted.slice(1, -1);
  if (/\\[^"\\/'bfnrt]/.test(inner.replaceAll('\\\\', ''))) return null;
  return inner.replace(/\\(.)/g, (_, c: string) => ({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' })[c] ?? c);
}

describe('logfmt with expressions', () => {
  function extract(rows: Parameters<typeof batchOfRows>[0], extractions: [string, string][], strict = false) {
    const batch = batchOfRows(rows);
    compileLogfmtExpressions({
      strict,
      needed: 'all',
      extractions: extractions.map(([label, key]) => ({ label, key })),
    }).parse(batch);
    return labelsOf(batch);
  }

  test('sets each label, to the last value or to nothing (fact 138)', () => {
    const rows = [{ line: 'level=info level=warn x-y="a b" z=1' }, { line: 'none here' }, { line: '' }];
    expect(
      extract(rows, [
        ['lvl', 'level'],
        ['xy', 'x-y'],
      ]),
    ).toEqual([
      { lvl: 'warn', xy: 'a b' },
      { lvl: '', xy: '' },
      { lvl: '', xy: '' },
    ]);
  });

  test('a label of the stream is not emptied, and collides', () => {
    const rows = [
      { line: 'a=1', stream: { app: 's' } },
      { line: 'b=1', stream: { app: 's' } },
    ];
    expect(extract(rows, [['app', 'a']])).toEqual([{ app: 's', app_extracted: '1' }, { app: 's' }]);
  });

  test('a value with U+FFFD is empty, escapes are resolved (fact 137)', () => {
    expect(
      extract(
        [{ line: 'a=x\ufffd b="q\\"r"' }],
        [
          ['a', 'a'],
          ['b', 'b'],
        ],
      ),
    ).toEqual([{ a: '', b: 'q"r' }]);
  });

  test('--strict reports the first error', () => {
    expect(extract([{ line: 'a=1 =2 a=3' }], [['a', 'a']], true)).toEqual([
      { a: '1', __error__: 'LogfmtParserErr', __error_details__: "logfmt syntax error at pos 5 : unexpected '='" },
    ]);
  });
});
