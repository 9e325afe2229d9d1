import { Command } from 'commander';
import path from 'node:path';
import { messageOf } from '../../common/errors.ts';
import { describeIssues, parseYaml, refuseConfig } from '../../config/read-yaml.ts';
import type { RuleGroup } from '../../services/ruler/rules/rule-group.ts';
import { readTextFile } from '../read-text-file.ts';
import { runClient } from '../client.ts';
import { readRuleFile } from './read-rule-file.ts';
import { orderGroups, runUnitTest } from './run-unit-test.ts';
import { withTestServer } from './test-server.ts';
import { unitTestSchema, type UnitTests } from './unit-test-schema.ts';

interface TestFile {
  readonly file: string;
  readonly tests: UnitTests;
  readonly groups: readonly RuleGroup[];
}

/** `skald rules test FILE...` */
export function rulesTestCommand(): Command {
  return new Command('test')
    .description("Run unit tests of rules, in promtool's form with logs for input. Ends with 1 if one fails.")
    .argument('<files...>', 'Test files, YAML.')
    .action(async (files: string[]) => {
      await runClient(null, async () => {
        const read: TestFile[] = [];
        for (const file of files) read.push(await readTestFile(file));
        const failed = await withTestServer(async (url) => await runAll(read, url));
        if (failed) process.exitCode = 1;
      });
    });
}

async function readTestFile(file: string): Promise<TestFile> {
  const { value, place } = parseYaml({ file, text: await readTextFile(file) });
  const parsed = unitTestSchema.safeParse(value);
  if (!parsed.success) return refuseConfig(describeIssues(parsed.error.issues, place));
  const groups: RuleGroup[] = [];
  for (const name of parsed.data.rule_files)
    groups.push(...(await readRuleFile(path.resolve(path.dirname(file), name))));
  return { file, tests: parsed.data, groups: orderGroups(groups, parsed.data.group_eval_order) };
}

/** Whether a test failed. */
async function runAll(files: readonly TestFile[], url: string): Promise<boolean> {
  let anyFailed = false;
  let tenant = 0;
  for (const { file, tests, groups } of files) {
    process.stdout.write(`Unit Testing:  ${file}\n`);
    const problems: string[] = [];
    for (const [i, test] of tests.tests.entries()) {
      const run = { url, tenant: `test-${tenant++}`, groups, intervalMs: tests.evaluation_interval };
      const name = test.name === '' ? `test ${i + 1}` : test.name;
      const own = await runUnitTest(test, run).catch((error: unknown) => [`    ${messageOf(error)}`]);
      if (own.length > 0) problems.push(`    name: ${name}`, ...own);
    }
    anyFailed ||= problems.length > 0;
    process.stdout.write(problems.length === 0 ? '  SUCCESS\n' : `  FAILED:\n${problems.join('\n')}\n`);
  }
  return anyFailed;
}
