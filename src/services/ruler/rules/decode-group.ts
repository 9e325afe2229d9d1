import { parsePrometheusDuration } from '../../../common/duration.ts';
import { messageOf } from '../../../common/errors.ts';
import { checkRule, isRuleLabelName, type RuleFields, type RuleMistake } from './check-rule.ts';
import type { Rule, RuleGroup, TextMap } from './rule-group.ts';
import { ProblemList } from './rule-problem.ts';
import type { TemplateCheck } from './template-check.ts';
import type { YamlEntry, YamlMap, YamlTree } from './yaml-tree.ts';

export interface DecodeOptions {
  /** Unknown fields are mistakes. Loki is strict with files and lenient with its API. */
  readonly strict: boolean;
  readonly checkTemplate: TemplateCheck;
}

const GROUP_FIELDS = ['name', 'interval', 'query_offset', 'limit', 'labels', 'rules'] as const;
const RULE_FIELDS = ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'] as const;

type Fields = ReadonlyMap<string, YamlEntry>;

/** The group that a tree says. Every mistake goes to `problems`; where there is one, the group must not run. */
export function decodeGroup(tree: YamlTree, index: number, options: DecodeOptions, problems: ProblemList): RuleGroup {
  const read = new FieldReader(problems);
  const fields = read.fields(tree, 'group', GROUP_FIELDS, options.strict);
  const name = read.text(fields, 'name');
  if (name === '') problems.invalid(fields.get('name') ?? tree, `group ${index}: Groupname must not be empty`);
  const labels = read.map(fields, 'labels');
  for (const [key] of Object.entries(labels)) {
    if (!isRuleLabelName(key)) problems.invalid(fields.get('labels') ?? tree, `invalid label name: ${key}`);
  }
  const rules = read
    .list(fields, 'rules')
    .map((rule) => decodeRule(rule, name, options, problems))
    .filter((rule) => rule !== null);
  return {
    name,
    intervalMs: read.duration(fields, 'interval'),
    queryOffsetMs: read.duration(fields, 'query_offset'),
    limit: read.count(fields, 'limit'),
    labels,
    rules,
    line: tree.line,
  };
}

function decodeRule(tree: YamlTree, group: string, options: DecodeOptions, problems: ProblemList): Rule | null {
  const own = new ProblemList();
  const read = new FieldReader(own);
  const fields = read.fields(tree, 'rule', RULE_FIELDS, options.strict);
  const rule: RuleFields = {
    record: read.text(fields, 'record'),
    alert: read.text(fields, 'alert'),
    expr: read.text(fields, 'expr'),
    forMs: read.duration(fields, 'for') ?? 0,
    keepFiringForMs: read.duration(fields, 'keep_firing_for') ?? 0,
    labels: read.map(fields, 'labels'),
    annotations: read.map(fields, 'annotations'),
  };
  for (const mistake of checkRule(rule, group, options.checkTemplate)) {
    own.invalid(placeOf(mistake, fields, tree), mistake.message);
  }
  problems.problems.push(...own.problems);
  return own.problems.length > 0 ? null : ruleOf(rule, tree.line);
}

function ruleOf({ record, alert, expr, forMs, keepFiringForMs, labels, annotations }: RuleFields, line: number): Rule {
  if (record !== '') return { kind: 'RecordingRule', record, expr, labels, line };
  return { kind: 'AlertingRule', alert, expr, forMs, keepFiringForMs, labels, annotations, line };
}

function placeOf({ field, key }: RuleMistake, fields: Fields, rule: YamlTree) {
  const entry = fields.get(field);
  if (entry === undefined) return rule;
  const inner = entry.value.kind === 'Map' ? entry.value.entries.find((item) => item.key === key) : undefined;
  return inner ?? (field === 'expr' ? entry.value : entry);
}

/** Reads fields of known types; what has another type is told and taken for absent. */
class FieldReader {
  readonly #problems: ProblemList;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  fields(tree: YamlTree, what: string, known: readonly string[], strict: boolean): Fields {
    if (tree.kind === 'Scalar' && tree.isNull) return new Map();
    if (tree.kind !== 'Map') {
      this.#problems.decode(tree, `expected the fields of a ${what}, found ${nameOf(tree)}`);
      return new Map();
    }
    const fields = this.#unique(tree);
    if (!strict) return fields;
    for (const entry of tree.entries) {
      if (!known.includes(entry.key)) this.#problems.decode(entry, `field ${entry.key} not found in ${what}`);
    }
    return fields;
  }

  text(fields: Fields, name: string): string {
    const entry = fields.get(name);
    if (entry === undefined) return '';
    if (entry.value.kind === 'Scalar') return entry.value.text;
    this.#problems.decode(entry.value, `${name}: expected a text, found ${nameOf(entry.value)}`);
    return '';
  }

  duration(fields: Fields, name: string): number | null {
    const entry = fields.get(name);
    const text = this.text(fields, name);
    if (entry === undefined || (entry.value.kind === 'Scalar' && entry.value.isNull)) return null;
    try {
      return Number(parsePrometheusDuration(text)) / 1e6;
    } catch (error) {
      this.#problems.decode(entry.value, `${name}: ${messageOf(error)}`);
      return null;
    }
  }

  count(fields: Fields, name: string): number {
    const entry = fields.get(name);
    const text = this.text(fields, name);
    if (entry === undefined || text === '') return 0;
    if (/^\d{1,9}$/.test(text)) return Number(text);
    this.#problems.decode(entry.value, `${name}: ${JSON.stringify(text)} is not a number`);
    return 0;
  }

  list(fields: Fields, name: string): readonly YamlTree[] {
    const value = fields.get(name)?.value;
    if (value === undefined || (value.kind === 'Scalar' && value.isNull)) return [];
    if (value.kind === 'List') return value.items;
    this.#problems.decode(value, `${name}: expected a list, found ${nameOf(value)}`);
    return [];
  }

  map(fields: Fields, name: string): TextMap {
    const value = fields.get(name)?.value;
    if (value === undefined || (value.kind === 'Scalar' && value.isNull)) return {};
    if (value.kind !== 'Map') {
      this.#problems.decode(value, `${name}: expected names and values, found ${nameOf(value)}`);
      return {};
    }
    const entries = this.#unique(value);
    return Object.fromEntries([...entries.keys()].map((key) => [key, this.text(entries, key)]));
  }

  #unique(tree: YamlMap): Fields {
    const fields = new Map<string, YamlEntry>();
    for (const entry of tree.entries) {
      const first = fields.get(entry.key);
      if (first === undefined) fields.set(entry.key, entry);
      else this.#problems.decode(entry, `mapping key "${entry.key}" already defined at line ${first.line}`);
    }
    return fields;
  }
}

function nameOf(tree: YamlTree): string {
  if (tree.kind === 'Scalar') return tree.isNull ? 'nothing' : JSON.stringify(tree.text.slice(0, 40));
  return tree.kind === 'Map' ? 'a mapping' : 'a list';
}
