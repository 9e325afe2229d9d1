import { Command, Option } from 'commander';
import { runClient } from '../client.ts';
import { backtestGroup, printReport, reportJson } from './backtest.ts';
import { readRuleFile } from './read-rule-file.ts';
import { replayOnServer } from './replay-file.ts';
import { replayOptions, withReplayOptions, type ReplayCommandOptions } from './replay-options.ts';

interface BacktestOptions extends ReplayCommandOptions {
  readonly output: 'text' | 'json';
}

/** `skald rules backtest FILE --from --to` */
export function rulesBacktestCommand(): Command {
  const command = new Command('backtest')
    .description('Say when each rule would have fired on the logs of a server, and what it would have read.')
    .argument('<file>', 'Rule file, YAML.')
    .addOption(
      new Option('--output <format>', 'text, or a line of JSON per rule.').choices(['text', 'json']).default('text'),
    );
  return withReplayOptions(command).action(async (file: string, options: BacktestOptions) => {
    await runClient(null, async () => {
      const replay = replayOptions(options);
      for (const group of await readRuleFile(file)) {
        const replayed = await replayOnServer(group, replay);
        if (options.output === 'text') {
          process.stdout.write(`group ${group.name}: ${replayed.times.length} evaluations\n`);
        }
        for (const report of await backtestGroup(replayed)) {
          process.stdout.write(options.output === 'json' ? reportJson(group.name, report) : printReport(report));
        }
      }
    });
  });
}
