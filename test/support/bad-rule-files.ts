/** A group without a mistake, in each of the files. */
const GOOD = `groups:
  - name: good
    interval: 1s
    rules: [{record: m, expr: vector(1)}]
`;

const ANCHORS = [...'bcdefghi'].map((name, i) => `${name}: &${name} [${`*${'abcdefghi'[i]},`.repeat(10)}]\n`);

export interface BadRuleFile {
  readonly name: string;
  readonly text: string;
  /** Place and reason, as they follow the name of the file. */
  readonly problem: string;
  /** Whether the other groups of the file run. */
  readonly keepsGood: boolean;
}

const ofGroup = (name: string, more: string, problem: string): BadRuleFile => {
  return { name: `${name}.yaml`, text: `${GOOD}${more}`, problem, keepsGood: true };
};
const ofFile = (name: string, text: string, problem: string): BadRuleFile => {
  return { name: `${name}.yaml`, text, problem, keepsGood: false };
};

/** Mistakes that people make, and what they are told. */
export const BAD_RULE_FILES: readonly BadRuleFile[] = [
  ofGroup(
    'two-keys',
    '  - name: bad\n    rules:\n      - {record: a, alert: B, expr: vector(1)}\n',
    ":7:9: only one of 'record' and 'alert' must be set",
  ),
  ofGroup(
    'bad-logql',
    '  - name: bad\n    rules:\n      - alert: B\n        expr: rate({a="b"}\n',
    ":8:15: could not parse expression for alert 'B' in group 'bad': parse error at line 1, col 13: syntax error: unexpected $end",
  ),
  ofGroup(
    'bad-duration',
    '  - name: bad\n    interval: 5parsecs\n    rules: []\n',
    ':6:15: interval: unknown unit "parsecs" in duration "5parsecs"',
  ),
  ofGroup('duplicate-group', '  - name: good\n    rules: []\n', ':5:5: groupname: "good" is repeated in the same file'),
  ofGroup(
    'template-error',
    '  - name: bad\n    rules:\n      - alert: B\n        expr: vector(1)\n        annotations: {s: "{{ nope }}"}\n',
    ':9:23: annotation "s": template: __alert_B:1: function "nope" not defined',
  ),
  ofFile(
    'huge',
    `${GOOD}# ${'x'.repeat(10 * 2 ** 20)}\n`,
    ':1:1: the file has 10485845 bytes, expected at most 1048576',
  ),
  ofFile('bomb', `${GOOD}a: &a [x,x,x,x,x,x,x,x,x,x]\n${ANCHORS.join('')}`, 'yaml: more than 200000 values'),
];
