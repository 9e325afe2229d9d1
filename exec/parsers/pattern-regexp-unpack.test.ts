import { describe, expect, test } from 'vitest';
import type { PatternParser } from '../../planner/ir/stage.ts';
import { batchOfLines, batchOfRows, labelsOf, linesOf } from '../stages/testing/lines-batch.ts';
import { compilePattern } from './pattern.ts';
import { compileRegexpParser } from './regexp.ts';
import { compileUnpack } from './unpack.ts';

/** `<a> - <_>`: names in angle brackets, the rest literal. */
function parts(pattern: string): PatternParser['parts'] {
  return pattern
    .split(/(<\w+>)/)
    .filter((text) => text !== '')
    .map((text) => {
      if (!/^<\w+>$/.test(text)) return { kind: 'Literal', text };
      return { kind: 'Capture', name: text === '<_>' ? null : text.slice(1, -1) };
    });
}

function pattern(text: string, line: string, needed: 'all' | string[] = 'all') {
  const batch = batchOfLines([line]);
  compilePattern({ parts: parts(text), needed }).parse(batch);
  return labelsOf(batch)[0];
}

describe('pattern (fact 140)', () => {
  test.each([
    ['<ip> - <user> [<_>] "<m> <p>"', '1.2.3.4 - bob [x] "GET /"', { ip: '1.2.3.4', user: 'bob', m: 'GET', p: '/' }],
    ['level=<level> <rest>', 'level=info a b', { level: 'info', rest: 'a b' }],
    ['level=<level>', ' level=info', {}],
    ['<a>, <b>', 'one two', { a: 'one two' }],
    ['<a>,<b>', ',', { a: '', b: '' }],
    ['<a>;', 'x;y', { a: 'x' }],
    ['<a>', '', {}],
    ['<_> <a>', 'x', {}],
    ['é<a>é', 'éüé', { a: 'ü' }],
  ])('%s on %s', (text, line, expected) => {
    expect(pattern(text, line)).toEqual(expected);
  });

  test('only needed names, and the name of a stream label moves aside', () => {
    expect(pattern('<a> <b> <c>', '1 2 3', ['b'])).toEqual({ b: '2' });
    const batch = batchOfRows([{ line: '1 2', stream: { a: 's' } }]);
    compilePattern({ parts: parts('<a> <b>'), needed: 'all' }).parse(batch);
    expect(labelsOf(batch)).toEqual([{ a: 's', a_extracted: '1', b: '2' }]);
  });
});

describe('regexp (fact 139)', () => {
  function regexp(source: string, line: string, needed: 'all' | string[] = 'all') {
    const batch = batchOfRows([{ line, stream: { app: 's' } }]);
    compileRegexpParser({ pattern: source, needed }).parse(batch);
    return labelsOf(batch)[0];
  }

  test.each([
    ['(?P<ip>[0-9.]+) - (?P<user>\\S+)', '10.0.0.1 - bob', { ip: '10.0.0.1', user: 'bob' }],
    ['(?P<a>x)|(?P<b>y)', 'zy', { a: '', b: 'y' }],
    ['(?P<a>x)', 'none', {}],
    ['(?P<app>\\w)(\\w)(?P<c>.)?', 'ab', { app_extracted: 'a', c: '' }],
    ['é(?P<a>.)', 'xé🚀', { a: '🚀' }],
  ])('%s on %s', (source, line, expected) => {
    expect(regexp(source, line)).toEqual({ app: 's', ...expected });
  });

  test('only needed names', () => {
    expect(regexp('(?P<a>.)(?P<b>.)', 'xy', ['b'])).toEqual({ app: 's', b: 'y' });
    expect(regexp('(?P<a>.)(?P<b>.)', 'xy', [])).toEqual({ app: 's' });
  });
});

describe('unpack (fact 142)', () => {
  function unpack(line: string) {
    const batch = batchOfRows([{ line, stream: { env: 'prod' } }]);
    compileUnpack({ needed: 'all' }).parse(batch);
    return { line: linesOf(batch)[0], labels: labelsOf(batch)[0] };
  }
  const failure = (details: string) => ({ __error__: 'JSONParserErr', __error_details__: details });

  test('_entry becomes the line, other strings labels', () => {
    expect(unpack('{"pod":"p-1","n":1,"o":{"x":"y"},"a":[],"env":"e","_entry":"level=info \\"q\\"\\u00e9"}')).toEqual({
      line: 'level=info "q"é',
      labels: { env: 'prod', env_extracted: 'e', pod: 'p-1' },
    });
  });

  test.each([
    ['', {}],
    ['{"pod":"p-1"}', {}],
    ['plain', failure('expecting json object(6), but it is not')],
    [' {}', failure('expecting json object(6), but it is not')],
    ['{"_entry": broken', failure('Unknown value type')],
    ['{"_entry": "cut', failure("Value is string, but can't find closing '\"' symbol")],
    ['{"pod":"p","_entry":"x"', failure("Value is array, but can't find closing ']' symbol")],
    ['{"_entry":"\\q"}', failure('Encountered an invalid escape sequence in a string')],
  ])('%s leaves the line alone', (line, labels) => {
    expect(unpack(line)).toEqual({ line, labels: { env: 'prod', ...labels } });
  });
});
