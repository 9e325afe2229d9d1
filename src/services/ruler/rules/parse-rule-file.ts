import { utf8Length } from '../../../common/utf8.ts';
import { decodeGroup } from './decode-group.ts';
import type { RuleGroup } from './rule-group.ts';
import { ProblemList, type RuleProblem } from './rule-problem.ts';
import type { TemplateCheck } from './template-check.ts';
import { isProblem, readYamlTree, type YamlTree } from './yaml-tree.ts';

/** Largest rule file; parsing takes a second for each MiB. */
export const RULE_FILE_BYTES_MAX = 2 ** 20;
/** Mistakes that are told of one file. */
const PROBLEMS_MAX = 100;

export interface RuleFileOptions {
  readonly checkTemplate: TemplateCheck;
}

export interface RuleFile {
  /** The groups without a mistake. */
  readonly groups: readonly RuleGroup[];
  /** Names of the groups with a mistake; null when the file cannot be read at all. */
  readonly refused: readonly string[] | null;
  /** Mistakes of the file and of the other groups, in the order of the file. */
  readonly problems: readonly RuleProblem[];
}

/** Reads a rule file (`groups: [...]`). A group with a mistake is left out whole; the others are there. Never throws. */
export function parseRuleFile(text: string, options: RuleFileOptions): RuleFile {
  const sizeBytes = utf8Length(text);
  if (sizeBytes > RULE_FILE_BYTES_MAX) return tooLargeFile(sizeBytes);
  const tree = readYamlTree(text);
  if (isProblem(tree)) return { groups: [], refused: null, problems: [tree] };
  const problems = new ProblemList();
  const groups: RuleGroup[] = [];
  const refused: string[] = [];
  const items = groupsOf(tree, problems);
  const names = new Set<string>();
  for (const [index, item] of (items ?? []).entries()) {
    const own = new ProblemList();
    const group = decodeGroup(item, index, { strict: true, checkTemplate: options.checkTemplate }, own);
    if (names.has(group.name)) own.invalid(item, `groupname: "${group.name}" is repeated in the same file`);
    if (group.name !== '') names.add(group.name);
    if (own.problems.length === 0) groups.push(group);
    else refused.push(group.name);
    problems.problems.push(...own.problems);
  }
  return { groups, refused: items === null ? null : refused, problems: problems.problems.slice(0, PROBLEMS_MAX) };
}

/** What is said of a file of this size: nobody needs to read it. */
export function tooLargeFile(sizeBytes: number): RuleFile {
  const message = `the file has ${sizeBytes} bytes, expected at most ${RULE_FILE_BYTES_MAX}`;
  return { groups: [], refused: null, problems: [{ kind: 'decode', line: 1, column: 1, message }] };
}

function groupsOf(tree: YamlTree, problems: ProblemList): readonly YamlTree[] | null {
  if (tree.kind === 'Scalar' && tree.isNull) return [];
  if (tree.kind !== 'Map') {
    problems.decode(tree, 'expected "groups:" and a list of groups');
    return null;
  }
  let groups: readonly YamlTree[] | null = [];
  for (const { key, value, ...at } of tree.entries) {
    if (key !== 'groups' && key !== 'namespace') problems.decode(at, `field ${key} not found in rule file`);
    else if (key === 'groups' && value.kind === 'List') groups = value.items;
    else if (key === 'groups' && !(value.kind === 'Scalar' && value.isNull)) {
      problems.decode(value, 'groups: expected a list');
      groups = null;
    }
  }
  return groups;
}
