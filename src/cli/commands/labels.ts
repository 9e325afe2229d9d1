import { Command } from 'commander';
import { Client, runClient, withClientOptions, type ClientOptions } from '../client.ts';
import { timeParams, withTimeOptions, type TimeOptions } from '../time-options.ts';

/** `skald labels [NAME]`: label names, or the values of one label, a line each. */
export function labelsCommand(): Command {
  const command = new Command('labels')
    .description('List label names, or the values of one label.')
    .argument('[name]', 'Label whose values to list.')
    .option('--query <selector>', 'Only of streams that match, for example {app="api"}.');
  return withTimeOptions(withClientOptions(command)).action(
    async (name: string | undefined, options: ClientOptions & TimeOptions & { query?: string }) => {
      await runClient(options.query ?? null, async () => {
        const path =
          name === undefined ? '/loki/api/v1/labels' : `/loki/api/v1/label/${encodeURIComponent(name)}/values`;
        const params = timeParams(options);
        if (options.query !== undefined) params.push(['query', options.query]);
        const answer = JSON.parse(await new Client(options).get(path, params)) as { data?: string[] };
        for (const item of answer.data ?? []) process.stdout.write(`${item}\n`);
      });
    },
  );
}
