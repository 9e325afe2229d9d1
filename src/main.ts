import { Command } from 'commander';
import { clientCommands } from './cli/client-commands.ts';
import { runServer, serverOptions } from './cli/serve.ts';

/** Runs the command line: without a command the server, else a client. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('skald')
    .description('A log database that speaks Grafana Loki: without a command it runs the server.')
    .configureHelp({ showGlobalOptions: true })
    .enablePositionalOptions()
    .allowExcessArguments(true);
  for (const option of serverOptions()) program.addOption(option);
  program.action(async (options: Record<string, string | boolean>, { args }: Command) => {
    if (args.length > 0) program.error(`error: unknown command '${args[0]}'; see skald --help`);
    process.exitCode = await runServer(options);
  });
  for (const command of clientCommands()) program.addCommand(command);
  await program.parseAsync(normalizeFlags(argv), { from: 'user' });
}

/** Flags take one or two dashes, as Go's do: `-config.file=x` is `--config.file=x`. Single letters stay as they are. */
export function normalizeFlags(argv: readonly string[]): string[] {
  return argv.map((argument) => (/^-[A-Za-z][\w.-]+(=.*)?$/s.test(argument) ? `-${argument}` : argument));
}
