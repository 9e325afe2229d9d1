import { messageOf } from '../../../common/errors.ts';
import { parseQuery } from '../../../../grammar/parse.ts';
import type { TemplateCheck } from './template-check.ts';

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A rule as it is written: a field that is absent is empty. */
export interface RuleFields {
  readonly record: string;
  readonly alert: string;
  readonly expr: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The field that a mistake is in, or `rule` for the whole. */
export type RuleField = 'rule' | 'record' | 'expr' | 'for' | 'keep_firing_for' | 'labels' | 'annotations';

export interface RuleMistake {
  readonly field: RuleField;
  /** The label or annotation, if it is one. */
  readonly key?: string;
  readonly message: string;
}

/** Everything that is wrong with a rule, in Loki's words; empty when it can run. */
export function checkRule(rule: RuleFields, groupName: string, checkTemplate: TemplateCheck): RuleMistake[] {
  if (rule.record !== '' && rule.alert !== '') {
    return [{ field: 'rule', message: `only one of 'record' and 'alert' must be set` }];
  }
  if (rule.record === '' && rule.alert === '') {
    return [{ field: 'rule', message: `one of 'record' or 'alert' must be set` }];
  }
  return [
    ...checkExpr(rule, groupName),
    ...(rule.record === '' ? [] : checkRecording(rule)),
    ...checkLabelNames(rule),
    ...(rule.alert === '' ? [] : checkTemplates(rule, checkTemplate)),
  ];
}

function checkExpr({ expr, record, alert }: RuleFields, groupName: string): RuleMistake[] {
  if (expr === '') return [{ field: 'rule', message: `field 'expr' must be set in rule` }];
  try {
    parseQuery(expr);
    return [];
  } catch (error) {
    const name = record === '' ? `alert '${alert}'` : `record '${record}'`;
    const message = `could not parse expression for ${name} in group '${groupName}': ${messageOf(error)}`;
    return [{ field: 'expr', message }];
  }
}

function checkRecording({ record, forMs, keepFiringForMs, annotations }: RuleFields): RuleMistake[] {
  const mistakes: RuleMistake[] = [];
  const refuse = (field: RuleField) => mistakes.push({ field, message: `invalid field '${field}' in recording rule` });
  if (Object.keys(annotations).length > 0) refuse('annotations');
  if (forMs !== 0) refuse('for');
  if (keepFiringForMs !== 0) refuse('keep_firing_for');
  if (!METRIC_NAME.test(record)) mistakes.push({ field: 'record', message: `invalid recording rule name: ${record}` });
  return mistakes;
}

function checkLabelNames({ labels, annotations }: RuleFields): RuleMistake[] {
  const mistakes: RuleMistake[] = [];
  for (const key of Object.keys(labels)) {
    if (!isRuleLabelName(key)) mistakes.push({ field: 'labels', key, message: `invalid label name: ${key}` });
  }
  for (const key of Object.keys(annotations)) {
    if (!LABEL_NAME.test(key)) mistakes.push({ field: 'annotations', key, message: `invalid annotation name: ${key}` });
  }
  return mistakes;
}

/** Whether a rule may set a label of this name. */
export function isRuleLabelName(name: string): boolean {
  return LABEL_NAME.test(name) && name !== '__name__';
}

function checkTemplates({ alert, labels, annotations }: RuleFields, checkTemplate: TemplateCheck): RuleMistake[] {
  const texts = [
    ...Object.entries(labels).map(([key, text]) => ({ field: 'labels' as const, what: 'label', key, text })),
    ...Object.entries(annotations).map(([key, text]) => ({
      field: 'annotations' as const,
      what: 'annotation',
      key,
      text,
    })),
  ];
  const mistakes: RuleMistake[] = [];
  for (const { field, what, key, text } of texts) {
    try {
      checkTemplate(`__alert_${alert}`, text);
    } catch (error) {
      mistakes.push({ field, key, message: `${what} ${JSON.stringify(key)}: ${messageOf(error)}` });
    }
  }
  return mistakes;
}
