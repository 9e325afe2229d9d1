import { expect, test } from 'vitest';
import { readLineFields } from './line-fields.ts';

const none = () => false;

test.each([
  ['{"a":1.0,"b":"x","c":true}', { a: '1.0', b: 'x', c: 'true' }],
  ['{"big":12345678901234567890,"e":1e3}', { big: '12345678901234567890', e: '1e3' }],
  ['{"n":null,"l":[1,2],"empty":""}', { empty: '' }],
  ['{"a":{"b-c":{"9":"x"}}, "9a":"y"}', { a_b_c_9: 'x', _9a: 'y' }],
  ['  {"a":"bad \ufffd"}', { a: 'bad  ' }],
])('json %s', (line, expected) => {
  const { parser, fields } = readLineFields(line, none);
  expect(parser).toBe('json');
  expect(Object.fromEntries(fields.map(({ name, value }) => [name, value]))).toEqual(expected);
});

test.each([
  ['level=info msg="two words" empty= bare', { level: 'info', msg: 'two words' }],
  ['{"a":1', {}],
  ['[1]', {}],
  ['a=1 a=2 a.b=3', { a: '1', a_b: '3' }],
  ['{"a":'.repeat(100_000), {}],
  [`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, {}],
])('logfmt %#', (line, expected) => {
  const { parser, fields } = readLineFields(line, none);
  expect(parser).toBe('logfmt');
  expect(Object.fromEntries(fields.map(({ name, value }) => [name, value]))).toEqual(expected);
});

test('paths name the keys as they are; taken names are extracted', () => {
  const { fields } = readLineFields('{"app":"x","request":{"x-id":"1"}}', (name) => name === 'app');
  expect(fields).toEqual([
    { name: 'app_extracted', value: 'x', path: ['app'] },
    { name: 'request_x_id', value: '1', path: ['request', 'x-id'] },
  ]);
});
