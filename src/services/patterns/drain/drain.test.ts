import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { patternTest } from '../../../../exec/kernels/pattern-filter.ts';
import { Drain } from './drain.ts';
import { messageOf } from './message-of.ts';
import { tokenize } from './tokenize.ts';

const FIELDS = new Set(['log', 'message', 'msg']);

function tokens(line: string) {
  const message = messageOf(line, FIELDS);
  return message === null ? tokenize(line) : tokenize(line, message.start, message.end);
}

/** Pattern → number of lines. */
function patternsOf(lines: readonly string[], clustersMax = 300): Record<string, number> {
  const drain = new Drain(clustersMax);
  for (const line of lines) drain.add(tokens(line));
  return Object.fromEntries([...drain.clusters].map(({ text, size }) => [text, size]));
}

const times = <T>(count: number, item: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => item(i));

describe('tokenize', () => {
  test('words and gaps are the line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (line) => {
        const { words, gaps } = tokenize(line);
        return words.map((word, i) => gaps[i] + word).join('') + (gaps[words.length] ?? '') === line;
      }),
    );
  });

  test.each([
    ['GET /api/v1/users/7?x=1 10.0.0.1:80', ['GET', '/api/v1/users/7', 'x', '1', '10.0.0.1:80']],
    ['level=info msg="user logged in"', ['level', 'info', 'msg', 'user', 'logged', 'in']],
    ['  ', []],
    ['', []],
  ])('%s', (line, words) => expect(tokenize(line).words).toEqual(words));

  test('long lines end in a wildcard', () => {
    const drain = new Drain(10);
    expect(drain.add(tokenize(`start ${'x'.repeat(4000)}`)).text).toBe('start <_>');
    const words = tokenize('a '.repeat(200));
    expect([words.words.length, words.after]).toEqual([100, true]);
  });
});

describe('patterns', () => {
  test('numbers and addresses become wildcards, words stay', () => {
    const lines = times(
      50,
      (i) => `ts=${i} level=info msg="user ${7 * i} logged in from 10.0.0.${i}" dur=${i}ms ok=true`,
    );
    expect(patternsOf(lines)).toEqual({
      'ts=<_> level=info msg="user <_> logged in from <_>" dur=<_> ok=true': 50,
    });
  });

  test('lines of different words have patterns of their own', () => {
    const lines = times(30, (i) => (i % 3 === 0 ? `connection ${i} closed` : `connection ${i} opened by peer ${i}`));
    expect(patternsOf(lines)).toEqual({ 'connection <_> closed': 10, 'connection <_> opened by peer <_>': 20 });
  });

  test('more words at one place than the tree holds become a wildcard', () => {
    const word = (i: number) => String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26));
    const patterns = patternsOf(times(200, (i) => `user ${word(i)} logged in`));
    expect(patterns['user <_> logged in']).toBe(185);
    expect(Object.keys(patterns)).toHaveLength(16);
  });

  test('of JSON lines, the message counts', () => {
    const lines = times(20, (i) =>
      JSON.stringify({ n: i, sub: { msg: `other ${i}` }, msg: `took ${i} ms "quoted"`, z: 'x' }),
    );
    expect(patternsOf(lines)).toEqual({ '<_>took <_> ms \\"quoted\\"<_>': 20 });
    expect(patternsOf(['{"a":1,"b":"x"}', '{"a":2,"b":"x"}'])).toEqual({ '{"a":<_>,"b":"x"}': 2 });
  });

  test('what would be a named capture is a wildcard', () => {
    expect(patternsOf(['<div>1</div>', '<div>2</div>'])).toEqual({ '<_></div>': 2 });
  });

  test('lines without words of their own have no pattern', () => {
    expect(patternsOf(['1', '2', ''])).toEqual({ '': 1 });
  });

  test('beyond the most patterns, the one unused for longest goes', () => {
    const lines = ['alpha one', 'beta two words', 'alpha one', 'gamma three more words'];
    expect(patternsOf(lines, 2)).toEqual({ 'alpha one': 2, 'gamma three more words': 1 });
  });
});

test('a pattern as a filter finds the lines that it stands for', () => {
  const word = fc.constantFrom('user', 'failed', 'GET', '/a/7', '10.0.0.1', '17', '42ms', 'x', 'ünï', 'a-b');
  const gap = fc.constantFrom(' ', '=', '="', '" ', ', ', ': ', '  ', '<', '>', '{"', '\n');
  const line = fc.array(fc.tuple(gap, word), { minLength: 1, maxLength: 8 }).map((parts) => parts.flat().join(''));
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (lines) => {
      const drain = new Drain(300);
      const clusters = lines.map((text) => drain.add(tokenize(text)));
      lines.forEach((text, i) => {
        const pattern = clusters[i].text;
        if (pattern !== '') expect(matches(pattern, text), `${pattern} of ${text}`).toBe(true);
      });
    }),
  );
});

function matches(pattern: string, line: string): boolean {
  const values = Buffer.from(line);
  const marks = new Uint8Array(1);
  patternTest(pattern).mark({ offsets: Uint32Array.of(0, values.length), values }, Uint32Array.of(0), 1, marks);
  return marks[0] === 1;
}
