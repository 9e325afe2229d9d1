import { expect, test } from 'vitest';
import { Labels } from '../../../common/labels.ts';
import { relabelSchema } from '../../../config/relabel-schema.ts';
import { compileRelabel } from './relabel.ts';

const relabel = (configs: object[], labels: Record<string, string>): Record<string, string> | null =>
  compileRelabel(configs.map((config) => relabelSchema.parse(config)))(Labels.fromRecord(labels))?.toRecord() ?? null;

const abc = { a: 'foo', b: 'bar', c: 'baz' };

// The cases are those of Prometheus's documentation of relabel_config.
test.each([
  [
    [{ source_labels: ['a'], regex: 'f(.*)', target_label: 'd', replacement: 'ch${1}-ch${1}' }],
    { ...abc, d: 'choo-choo' },
  ],
  [
    [{ source_labels: ['a', 'b'], regex: 'f(.*);(.*)r', target_label: 'a', replacement: 'b${1}${2}m' }],
    { ...abc, a: 'boobam' },
  ],
  [[{ source_labels: ['a'], regex: 'f', target_label: 'd' }], abc],
  [[{ source_labels: ['a'], regex: '(f).*', target_label: 'x$1', replacement: '1' }], { ...abc, xf: '1' }],
  [[{ source_labels: ['a'], target_label: 'b', replacement: '' }], { a: 'foo', c: 'baz' }],
  [[{ source_labels: ['a'], regex: '.*o.*', action: 'drop' }], null],
  [[{ source_labels: ['a'], regex: 'o', action: 'drop' }], abc],
  [[{ source_labels: ['a'], regex: 'no-match', action: 'keep' }], null],
  [[{ source_labels: ['a'], regex: 'f|foo', action: 'keep' }], abc],
  [[{ source_labels: ['nope'], regex: '', action: 'keep' }], abc],
  [[{ source_labels: ['c'], target_label: 'd', action: 'hashmod', modulus: 1000 }], { ...abc, d: '976' }],
  [[{ regex: '(b.*)', replacement: 'bar_${1}', action: 'labelmap' }], { ...abc, bar_b: 'bar' }],
  [[{ regex: 'a|b', action: 'labeldrop' }], { c: 'baz' }],
  [[{ regex: 'a|b', action: 'labelkeep' }], { a: 'foo', b: 'bar' }],
  [[{ source_labels: ['a'], target_label: 'a', action: 'uppercase' }], { ...abc, a: 'FOO' }],
  [[{ source_labels: ['a'], target_label: 'b', action: 'keepequal' }], null],
  [[{ source_labels: ['a'], target_label: 'b', action: 'dropequal' }], abc],
])('%j', (configs, expected) => expect(relabel(configs, abc)).toEqual(expected));

test.each([
  [{ action: 'hashmod', target_label: 'a' }, 'modulus'],
  [{ action: 'replace' }, 'target_label'],
  [{ action: 'nope' }, 'action'],
])('%j is no step', (config, message) => expect(() => relabelSchema.parse(config)).toThrow(message));

test('a wrong expression is told', () => {
  expect(() => relabel([{ target_label: 'a', regex: '(' }], abc)).toThrow('relabel_config: regex "("');
});
