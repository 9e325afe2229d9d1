import { SkaldError } from '../../common/errors.ts';
import { nodeRuntime } from '../../common/node-runtime.ts';
import {
  parseRuleFile,
  RULE_FILE_BYTES_MAX,
  tooLargeFile,
  type RuleFile,
} from '../../services/ruler/rules/parse-rule-file.ts';
import { printProblem } from '../../services/ruler/rules/rule-problem.ts';
import type { RuleGroup } from '../../services/ruler/rules/rule-group.ts';
import { checkAlertTemplate } from '../../services/ruler/template/template-expander.ts';
import { readTextFile } from '../read-text-file.ts';

/** The groups of a rule file. Throws SkaldError `bad_config` naming every mistake with line and column. */
export async function readRuleFile(file: string): Promise<readonly RuleGroup[]> {
  const { groups, problems } = await parse(file);
  if (problems.length === 0) return groups;
  throw new SkaldError('bad_config', problems.map((problem) => printProblem(file, problem)).join('\n'));
}

async function parse(file: string): Promise<RuleFile> {
  const sizeBytes = (await nodeRuntime.files.sizeOf(file).catch(() => null)) ?? 0;
  if (sizeBytes > RULE_FILE_BYTES_MAX) return tooLargeFile(sizeBytes);
  return parseRuleFile(await readTextFile(file), { checkTemplate: checkAlertTemplate });
}
