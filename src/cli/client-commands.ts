import type { Command } from 'commander';
import { configCommand } from './commands/config.ts';
import { explainCommand } from './commands/explain.ts';
import { labelsCommand } from './commands/labels.ts';
import { pushCommand } from './commands/push.ts';
import { queryCommand } from './commands/query.ts';
import { rulesCommand } from './commands/rules.ts';
import { seriesCommand } from './commands/series.ts';
import { tailCommand } from './commands/tail.ts';
import { verifyCommand } from './commands/verify.ts';

/** The client side of the command line. */
export function clientCommands(): Command[] {
  return [
    pushCommand(),
    queryCommand(),
    labelsCommand(),
    seriesCommand(),
    tailCommand(),
    explainCommand(),
    verifyCommand(),
    configCommand(),
    rulesCommand(),
  ];
}
