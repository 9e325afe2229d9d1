import { Command } from 'commander';
import { rulesBackfillCommand } from '../rules/backfill-command.ts';
import { rulesBacktestCommand } from '../rules/backtest-command.ts';
import { rulesCheckCommand } from '../rules/check-command.ts';
import { rulesTestCommand } from '../rules/test-command.ts';

/** `skald rules`: rule files, before they are given to a ruler. */
export function rulesCommand(): Command {
  return new Command('rules')
    .description('Check, test, backtest and backfill rules.')
    .addCommand(rulesCheckCommand())
    .addCommand(rulesTestCommand())
    .addCommand(rulesBacktestCommand())
    .addCommand(rulesBackfillCommand());
}
