import { SkaldError } from '../../common/errors.ts';
import { parseRuleFile } from '../../services/ruler/rules/parse-rule-file.ts';
import type { RuleGroup } from '../../services/ruler/rules/rule-group.ts';
import { checkAlertTemplate } from '../../services/ruler/template/template-expander.ts';
import { readTextFile } from '../read-text-file.ts';

/** The groups of a rule file. Throws SkaldError `bad_config` naming every mistake with line and column. */
export async function readRuleFile(file: string): Promise<readonly RuleGroup[]> {
  const text = await readTextFile(file);
  const { groups, problems } = parseRuleFile(text, { checkTemplate: checkAlertTemplate });
  if (problems.length === 0) return groups;
  const texts = problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  throw new SkaldError('bad_config', texts.join('\n'));
}
