import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTemplate } from '../../../common/template/parse.ts';
import { parseRuleFile, RULE_FILE_BYTES_MAX } from './parse-rule-file.ts';
import { parseRuleGroup } from './parse-rule-group.ts';
import { printProblem } from './rule-problem.ts';

/** Fails where a template is not closed; what functions there are is checked where templates are. */
const checkTemplate = (name: string, text: string): void => void parseTemplate(`{{ $labels := . }}${text}`, name);

const parse = (text: string) => {
  const { groups, problems } = parseRuleFile(text, { checkTemplate });
  return { groups, problems: problems.map((problem) => printProblem('rules.yaml', problem)) };
};

const GOOD = `
  - name: good
    rules:
      - {alert: Good, expr: 'rate({a="b"}[1m]) > 0'}`;

describe('a rule file', () => {
  test('has groups of recording and alerting rules', () => {
    const { groups, problems } = parse(`
groups:
  - name: g
    interval: 30s
    query_offset: 1m
    limit: 7
    labels: {team: x}
    rules:
      - record: app:lines:rate1m
        expr: sum by (app) (rate({a="b"}[1m]))
      - alert: HighErrors
        expr: |
          sum(rate({a="b"}[1m]))
            > 5
        for: 5m
        keep_firing_for: 1h30m
        labels: {severity: page, tier: 1}
        annotations:
          summary: "{{ .app }} is down"
`);
    expect(problems).toEqual([]);
    expect(groups).toEqual([
      {
        name: 'g',
        intervalMs: 30_000,
        queryOffsetMs: 60_000,
        limit: 7,
        labels: { team: 'x' },
        line: 3,
        rules: [
          {
            kind: 'RecordingRule',
            record: 'app:lines:rate1m',
            expr: 'sum by (app) (rate({a="b"}[1m]))',
            labels: {},
            line: 9,
          },
          {
            kind: 'AlertingRule',
            alert: 'HighErrors',
            expr: 'sum(rate({a="b"}[1m]))\n  > 5\n',
            forMs: 300_000,
            keepFiringForMs: 5_400_000,
            labels: { severity: 'page', tier: '1' },
            annotations: { summary: '{{ .app }} is down' },
            line: 11,
          },
        ],
      },
    ]);
  });

  test('may be empty, and may share parts by anchors', () => {
    expect(parse('')).toEqual({ groups: [], problems: [] });
    expect(parse('groups: []\nnamespace: n')).toEqual({ groups: [], problems: [] });
    const { groups } = parse(
      'groups:\n- name: g\n  labels: &l {a: x, b: y}\n  rules:\n  - {record: m, expr: vector(1), labels: {<<: *l, b: z}}',
    );
    expect(groups[0].rules[0].labels).toEqual({ b: 'z', a: 'x' });
  });
});

const rule = (text: string): string => `groups:${GOOD}\n  - name: bad\n    rules:\n      - ${text}`;
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const BOMB = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  .concat([...'bcdefghi'].map((name, i) => `${name}: &${name} [${`*${'abcdefghi'[i]},`.repeat(10)}]`))
  .join('\n');

describe('every mistake is told with file, line and reason, and the other groups are there', () => {
  test.each([
    [rule(`{alert: A, record: b, expr: vector(1)}`), `7:9: only one of 'record' and 'alert' must be set`],
    [rule(`{expr: vector(1)}`), `7:9: one of 'record' or 'alert' must be set`],
    [rule(`{alert: A}`), `7:9: field 'expr' must be set in rule`],
    [
      rule(`alert: A\n        expr: 'rate({a="b"}'`),
      `8:15: could not parse expression for alert 'A' in group 'bad': parse error at line 1, col 13: syntax error: unexpected $end`,
    ],
    [
      rule(`alert: A\n        expr: vector(1)\n        for: 5parsecs`),
      `9:14: for: unknown unit "parsecs" in duration "5parsecs"`,
    ],
    [rule(`record: a b\n        expr: vector(1)`), '7:9: invalid recording rule name: a b'],
    [rule(`record: a\n        expr: vector(1)\n        for: 1m`), `9:9: invalid field 'for' in recording rule`],
    [
      rule(`record: a\n        expr: vector(1)\n        annotations: {x: y}`),
      `9:9: invalid field 'annotations' in recording rule`,
    ],
    [rule(`alert: a\n        expr: vector(1)\n        labels: {x-y: z}`), '9:18: invalid label name: x-y'],
    [rule(`alert: a\n        expr: vector(1)\n        labels: {__name__: z}`), '9:18: invalid label name: __name__'],
    [rule(`alert: a\n        expr: vector(1)\n        annotations: {x-y: z}`), '9:23: invalid annotation name: x-y'],
    [
      rule(`alert: A\n        expr: vector(1)\n        annotations:\n          x: "{{ $labels.y "`),
      '10:11: annotation "x": template: __alert_A:1: unclosed action',
    ],
    [rule(`{alert: A, expr: vector(1), forr: 1m}`), '7:37: field forr not found in rule'],
    [rule(`{alert: A, alert: B, expr: vector(1)}`), '7:20: mapping key "alert" already defined at line 7'],
    [rule(`{alert: [A], expr: vector(1)}`), '7:17: alert: expected a text, found a list'],
    [rule('[]'), '7:9: expected the fields of a rule, found a list'],
    [`groups:${GOOD}\n  - rules: []`, '5:5: group 1: Groupname must not be empty'],
    [`groups:${GOOD}\n  - name: bad\n    limit: many`, '6:12: limit: "many" is not a number'],
    [`groups:${GOOD}\n  - name: bad\n    rules: 5`, '6:12: rules: expected a list, found "5"'],
    [`groups:${GOOD}\n  - name: good\n    rules: []`, '5:5: groupname: "good" is repeated in the same file'],
    [`groups:${GOOD}\nrules: []`, '5:1: field rules not found in rule file'],
  ])('%s', (text, message) => {
    const { groups, problems } = parse(text);
    expect(problems.map((problem) => problem.replace('rules.yaml:', ''))).toContain(message);
    expect(groups.map(({ name }) => name)).toEqual(['good']);
  });

  test.each([
    ['not YAML', '{{{', /^rules.yaml:1:\d+: yaml: /],
    ['no mapping', '- a', /^rules.yaml:1:1: expected "groups:" and a list of groups$/],
    [
      'a file above the limit',
      `# ${'x'.repeat(10 * 2 ** 20)}\n`,
      new RegExp(`expected at most ${RULE_FILE_BYTES_MAX}$`),
    ],
    ['an alias bomb', BOMB, /^rules.yaml:\d+:\d+: yaml: more than 200000 values$/],
    ['deep brackets', `groups: ${nested(500_000)}`, /^rules.yaml:1:\d+: yaml: nested more than 32 levels deep$/],
    ['deep lists', '- '.repeat(500_000), /^rules.yaml:1:\d+: yaml: nested more than 32 levels deep$/],
    ['an alias of itself', 'groups: &a [*a]', /^rules.yaml:1:\d+: yaml: /],
    ['an unknown alias', 'groups: *a', /^rules.yaml:1:9: yaml: /],
  ])('%s leaves no group', (_, text, message) => {
    const { groups, problems } = parse(text);
    expect(groups).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });
});

test('a group on its own may have unknown fields', () => {
  const group = parseRuleGroup('name: g\nfoo: bar\nrules:\n- {alert: A, expr: vector(1)}', checkTemplate);
  expect(group).toMatchObject({ name: 'g', rules: [{ alert: 'A' }] });
});

test('any text is read or told, and what is told is in it', () => {
  const damaged = fc
    .tuple(
      fc.constant(rule('alert: A\n        expr: vector(1)\n        labels: {a: b}')),
      fc.nat(),
      fc.string({ maxLength: 8 }),
    )
    .map(([text, at, inserted]) => text.slice(0, at % text.length) + inserted + text.slice((at % text.length) + 1));
  const yamlish = fc.string({ unit: fc.constantFrom(...'{}[]:,-?&*!|>\'"% \n#abgroups'), maxLength: 200 });
  fc.assert(
    fc.property(fc.oneof(damaged, yamlish, fc.string()), (text) => {
      const { groups, refused, problems } = parseRuleFile(text, { checkTemplate });
      if (refused === null || refused.length > 0) expect(problems).not.toEqual([]);
      const lines = text.split(/\r\n|[\r\n]/).length;
      for (const { line } of problems) expect(line >= 1 && line <= lines).toBe(true);
      expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
    }),
  );
});
