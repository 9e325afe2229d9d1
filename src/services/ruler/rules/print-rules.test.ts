import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRuleGroup } from './parse-rule-group.ts';
import { printGroup, printNamespaces } from './print-rules.ts';
import type { RuleGroup } from './rule-group.ts';

const anyTemplate = () => undefined;

const GROUP: RuleGroup = {
  name: 'g1',
  intervalMs: 5000,
  queryOffsetMs: null,
  limit: 0,
  labels: {},
  line: 1,
  rules: [
    {
      kind: 'AlertingRule',
      alert: 'HighErrors',
      expr: 'sum by (app) (count_over_time({app="r"} |= "error" [1m])) > 0',
      forMs: 5000,
      keepFiringForMs: 0,
      labels: { severity: 'page' },
      annotations: { summary: '{{ $labels.app }} has {{ $value }}' },
      line: 3,
    },
    { kind: 'RecordingRule', record: 'app:lines:rate1m', expr: 'rate({app="r"}[1m])', labels: { team: 'x' }, line: 9 },
  ],
};

test("namespaces are laid out as Loki's API does", () => {
  expect(printNamespaces([{ name: 'ns1', groups: [GROUP, { ...GROUP, name: 'g2', limit: 5, rules: [] }] }])).toBe(`ns1:
    - name: g1
      interval: 5s
      rules:
        - alert: HighErrors
          expr: sum by (app) (count_over_time({app="r"} |= "error" [1m])) > 0
          for: 5s
          labels:
            severity: page
          annotations:
            summary: '{{ $labels.app }} has {{ $value }}'
        - record: app:lines:rate1m
          expr: rate({app="r"}[1m])
          labels:
            team: x
    - name: g2
      interval: 5s
      limit: 5
      rules: []
`);
});

test('a group begins at the left', () => {
  expect(printGroup(GROUP)).toMatch(/^name: g1\ninterval: 5s\nrules:\n {4}- alert: HighErrors\n {6}expr: sum/);
});

test('expressions of several lines are blocks', () => {
  const expr = 'sum(\n  rate({a="b"}[1m])\n)\n\n> 5\n';
  const group: RuleGroup = { ...GROUP, rules: [{ kind: 'RecordingRule', record: 'a', expr, labels: {}, line: 4 }] };
  expect(printGroup(group)).toContain(
    '      expr: |\n        sum(\n          rate({a="b"}[1m])\n        )\n\n        > 5\n',
  );
});

const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc.stringMatching(/^[-\s#:|>{}'"%@`&*!?,a\n]{1,12}$/),
  fc.constantFrom(
    'true',
    'null',
    '5',
    '1e3',
    '~',
    'yes',
    '2001-01-01',
    '- a',
    'a: b',
    ' a',
    'a ',
    '\u00a0',
    'a\n b',
    '\n',
    '|',
    'é\u0007',
  ),
);
const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);
const texts = fc.dictionary(name, text, { maxKeys: 4 });

test('what is printed is read back', () => {
  const group = fc.record({ name: text, labels: texts, value: texts, annotations: texts, alert: text });
  fc.assert(
    fc.property(group, ({ name: groupName, labels, value, annotations, alert }) => {
      const rule = { kind: 'AlertingRule', alert, forMs: 90_000, keepFiringForMs: 1, annotations } as const;
      const written: RuleGroup = {
        ...GROUP,
        name: groupName,
        labels,
        queryOffsetMs: 60_000,
        rules: [{ ...rule, expr: 'vector(1)', labels: value, line: 0 }],
      };
      const read = parseRuleGroup(printGroup(written), anyTemplate) as RuleGroup;
      expect({ ...read, line: 1, rules: read.rules.map((item) => ({ ...item, line: 0 })) }).toEqual(written);
    }),
  );
});
