import { Command } from 'commander';
import { runClient } from '../client.ts';
import { readRuleFile } from './read-rule-file.ts';

/** `skald rules check FILE...` */
export function rulesCheckCommand(): Command {
  return new Command('check')
    .description('Check rule files: names every mistake with line and column, and ends with 1 if there is any.')
    .argument('<files...>', 'Rule files, YAML.')
    .action(async (files: string[]) => {
      for (const file of files) {
        await runClient(null, async () => {
          const groups = await readRuleFile(file);
          const rules = groups.reduce((sum, group) => sum + group.rules.length, 0);
          process.stdout.write(`${file}: ${groups.length} groups, ${rules} rules\n`);
        });
      }
    });
}
