import { decodeGroup } from './decode-group.ts';
import type { RuleGroup } from './rule-group.ts';
import { ProblemList, type RuleProblem } from './rule-problem.ts';
import type { TemplateCheck } from './template-check.ts';
import { isProblem, readYamlTree } from './yaml-tree.ts';

/** Reads one group, as the rules API takes and stores it. Unknown fields are dropped. Never throws. */
export function parseRuleGroup(text: string, checkTemplate: TemplateCheck): RuleGroup | readonly RuleProblem[] {
  const tree = readYamlTree(text);
  if (isProblem(tree)) return [tree];
  const problems = new ProblemList();
  const group = decodeGroup(tree, 0, { strict: false, checkTemplate }, problems);
  return problems.problems.length === 0 ? group : problems.problems;
}
