import { Command, Option } from 'commander';
import { withClientOptions } from '../client.ts';
import { follow, type FollowOptions } from '../follow.ts';

/** `skald tail QUERY`: recent entries, then what arrives, until it is interrupted. */
export function tailCommand(): Command {
  const command = new Command('tail')
    .description('Follow a log query: recent entries, then new ones as they arrive.')
    .argument('<query>', 'LogQL log query.')
    .option('-f, --follow', 'Accepted for those used to tail -f; this command always follows.')
    .option('--limit <count>', 'Recent entries to begin with.', '30')
    .option('--since <duration>', 'How far back they may lie, for example 1h.')
    .option('--delay-for <seconds>', 'Wait this long for late entries, at most 5.')
    .option('--no-color', 'Do not colour entries; without it they are coloured on a terminal.')
    .addOption(
      new Option('--output <format>', 'default, raw (lines only) or jsonl.')
        .choices(['default', 'raw', 'jsonl'])
        .default('default'),
    );
  return withClientOptions(command).action(async (query: string, options: FollowOptions) => {
    await follow(query, options);
  });
}
