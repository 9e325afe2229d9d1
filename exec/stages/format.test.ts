import { describe, expect, test } from 'vitest';
import type { LabelFormat } from '../../planner/ir/stage.ts';
import { compileLabelFormat } from './label-format.ts';
import { compileLineFormat } from './line-format.ts';
import { batchOfRows, labelsOf, linesOf, type TestRow } from './testing/lines-batch.ts';

const clock = { nowNs: () => 5_000_000_000n, nowMs: () => 5000, monotonicMs: () => 0 };

const rows: TestRow[] = [
  { line: 'one', timestampNs: 1_000_000_000n, stream: { app: 'api' }, metadata: { n: '4', level: 'info' } },
  { line: 'zwei é', timestampNs: 2_000_000_000n, stream: { app: 'web' }, metadata: { n: '0', __error__: 'E' } },
];

function lines(template: string) {
  const batch = batchOfRows(rows);
  compileLineFormat({ kind: 'LineFormat', template }, { clock }).apply(batch);
  return { lines: linesOf(batch), labels: labelsOf(batch) };
}

function labels(...items: LabelFormat['items']) {
  const batch = batchOfRows(rows.map(({ metadata, ...row }) => ({ ...row, metadata: { n: metadata?.n ?? '' } })));
  compileLabelFormat({ kind: 'LabelFormat', items }, { clock }).apply(batch);
  return { labels: labelsOf(batch), batch };
}

const rename = (to: string, from: string) => ({ kind: 'Rename', to, from }) as const;
const set = (to: string, template: string) => ({ kind: 'Template', to, template }) as const;

describe('line_format', () => {
  test('sees all labels, the line, the time and the error (fact 143)', () => {
    const template =
      '{{.app}}/{{.level}}/{{.none}}/{{__line__}}/{{unixEpoch __timestamp__}}/{{unixEpoch now}}/{{.__error__}}';
    expect(lines(template).lines).toEqual(['api/info//one/1/5/', 'web///zwei é/2/5/E']);
  });

  test('a row on which it fails keeps its line and gets an error (fact 144)', () => {
    const result = lines('{{ div 8 .n }}');
    expect(result.lines).toEqual(['2', 'zwei é']);
    expect(result.labels[0]).not.toHaveProperty('__error__');
    expect(result.labels[1]).toMatchObject({ __error__: 'TemplateFormatErr' });
    expect(result.labels[1].__error_details__).toMatch(/^template: line:1:3: executing "line" at <div 8 \.n>: /);
  });

  test('refuses a template that does not parse', () => {
    expect(() => lines('{{.a')).toThrow('template: line:1: unclosed action');
  });
});

describe('label_format', () => {
  test('renames of labels that are there, from any origin (fact 145)', () => {
    const { labels: result, batch } = labels(rename('x', 'n'), rename('y', 'none'), rename('z', 'app'));
    expect(result).toEqual([
      { x: '4', z: 'api' },
      { x: '0', z: 'web' },
    ]);
    expect(batch.labels.streamLabelsChanged).toBe(true);
    expect(batch.labels.rowByOrigin(0).parsed).toEqual([
      ['x', '4'],
      ['z', 'api'],
    ]);
  });

  test('a label renamed to itself is removed (fact 145)', () => {
    expect(labels(rename('n', 'n')).labels).toEqual([{ app: 'api' }, { app: 'web' }]);
  });

  test('renames chain, in order', () => {
    expect(labels(rename('a', 'n'), rename('b', 'a')).labels[0]).toEqual({ app: 'api', b: '4' });
  });

  test('templates see renames before the first of them and no results of each other (fact 146)', () => {
    const items = [
      rename('m', 'n'),
      set('a', '{{.m}}{{.n}}'),
      set('b', '{{.a}}.'),
      rename('c', 'a'),
      set('d', '{{.c}}{{.m}}'),
    ];
    expect(labels(...items).labels[0]).toEqual({ app: 'api', b: '.', c: '4', d: '4', m: '4' });
  });

  test('an empty result is an empty label, over a stream label too (fact 147)', () => {
    expect(labels(set('app', '{{.none}}')).labels[0]).toEqual({ app: '', n: '4' });
  });

  test('a template that fails sets an error and leaves its label away, the others go on', () => {
    const { labels: result } = labels(set('a', '{{ div 8 .n }}'), set('b', 'x'));
    expect(result[0]).toEqual({ app: 'api', a: '2', b: 'x', n: '4' });
    expect(result[1]).toMatchObject({ app: 'web', b: 'x', n: '0', __error__: 'TemplateFormatErr' });
    expect(result[1]).not.toHaveProperty('a');
  });
});
