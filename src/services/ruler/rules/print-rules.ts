import { stringify } from 'yaml';
import { formatPrometheusDuration } from '../../../common/duration.ts';
import { compareUtf8 } from '../../../common/utf8.ts';
import type { Rule, RuleGroup, TextMap } from './rule-group.ts';

/** Groups of one namespace. */
export interface NamespaceGroups {
  readonly name: string;
  readonly groups: readonly RuleGroup[];
}

/**
 * Namespaces and their groups as YAML, laid out as the rules API of Loki does: `lokitool rules diff` compares what it
 * reads from it, people compare the text.
 */
export function printNamespaces(namespaces: readonly NamespaceGroups[]): string {
  return namespaces.map(({ name, groups }) => `${scalar(name, 0)}:\n${list(groups.map(groupLines), 4)}`).join('');
}

/** One group as YAML; `parseRuleGroup` reads it back. */
export function printGroup(group: RuleGroup): string {
  return groupLines(group)(0);
}

/** Prints something whose keys stand at this column. */
type Print = (indent: number) => string;

function groupLines({ name, intervalMs, queryOffsetMs, limit, rules, labels }: RuleGroup): Print {
  return (indent) =>
    [
      field('name', name, indent),
      intervalMs === null ? '' : field('interval', duration(intervalMs), indent),
      queryOffsetMs === null ? '' : field('query_offset', duration(queryOffsetMs), indent),
      limit === 0 ? '' : field('limit', String(limit), indent),
      rules.length === 0
        ? `${' '.repeat(indent)}rules: []\n`
        : `${' '.repeat(indent)}rules:\n${list(rules.map(ruleLines), nestedIn(indent))}`,
      textMap('labels', labels, indent),
    ].join('');
}

function ruleLines(rule: Rule): Print {
  if (rule.kind === 'RecordingRule') {
    return (indent) =>
      field('record', rule.record, indent) + field('expr', rule.expr, indent) + textMap('labels', rule.labels, indent);
  }
  return (indent) =>
    [
      field('alert', rule.alert, indent),
      field('expr', rule.expr, indent),
      rule.forMs === 0 ? '' : field('for', duration(rule.forMs), indent),
      rule.keepFiringForMs === 0 ? '' : field('keep_firing_for', duration(rule.keepFiringForMs), indent),
      textMap('labels', rule.labels, indent),
      textMap('annotations', rule.annotations, indent),
    ].join('');
}

/** Items whose dashes stand at `indent`, their keys two columns on. */
function list(items: readonly Print[], indent: number): string {
  return items
    .map((print) => {
      const text = print(indent + 2);
      return `${' '.repeat(indent)}- ${text.slice(indent + 2)}`;
    })
    .join('');
}

/** The column of what is below a key: the next multiple of four. */
function nestedIn(indent: number): number {
  return (Math.floor(indent / 4) + 1) * 4;
}

function textMap(name: string, texts: TextMap, indent: number): string {
  const entries = Object.entries(texts).sort(([a], [b]) => compareUtf8(a, b));
  if (entries.length === 0) return '';
  const inner = nestedIn(indent);
  const lines = entries.map(([key, text]) => field(scalar(key, inner), text, inner));
  return `${' '.repeat(indent)}${name}:\n${lines.join('')}`;
}

function field(name: string, value: string, indent: number): string {
  return `${' '.repeat(indent)}${name}: ${isNumber(name) ? value : scalar(value, indent)}\n`;
}

function isNumber(name: string): boolean {
  return name === 'limit';
}

/** Texts of several lines are blocks where every line can stand as it is. */
function scalar(text: string, indent: number): string {
  if (!text.includes('\n')) return stringify(text, { lineWidth: 0, singleQuote: true }).replace(/\n$/, '');
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const isPlain = body.trim() !== '' && /^[\P{C}\n\t]+$/u.test(text) && !/^[\s]|\n$/.test(body);
  if (!isPlain) return JSON.stringify(text);
  const pad = ' '.repeat(nestedIn(indent));
  const lines = body.split('\n').map((line) => (line === '' ? '' : pad + line));
  return `${text.endsWith('\n') ? '|' : '|-'}\n${lines.join('\n')}`;
}

function duration(ms: number): string {
  return formatPrometheusDuration(BigInt(Math.round(ms)) * 1_000_000n);
}
