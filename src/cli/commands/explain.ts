import { Command, Option } from 'commander';
import { Client, runClient, withClientOptions, type ClientOptions } from '../client.ts';
import { timeParams, withTimeOptions, type TimeOptions } from '../time-options.ts';

interface ExplainOptions extends ClientOptions, TimeOptions {
  readonly analyze?: boolean;
  readonly verbose?: boolean;
  readonly disable: readonly string[];
  readonly step?: string;
  readonly limit?: string;
  readonly time?: string;
  readonly output: 'text' | 'json';
}

/** `skald explain QUERY`: the plan, and with `--analyze` what each operator did. */
export function explainCommand(): Command {
  const command = new Command('explain')
    .description('Show how a query is planned; with --analyze, run it and show what each operator did.')
    .argument('<query>', 'LogQL.')
    .option('--analyze', 'Run the query and show rows, bytes, pages and time of each operator.')
    .option('--verbose', 'Show the plan after every rule that changed it.')
    .option(
      '--disable <rule>',
      'Switch an optimizer rule off; may be repeated.',
      (rule, rules: string[]) => [...rules, rule],
      [],
    )
    .option('--step <duration>', 'Step of a metric query.')
    .option('--limit <count>', 'Entries of a log query.')
    .option('--time <time>', 'Explain an instant query at this time.')
    .addOption(new Option('--output <format>', 'text or json.').choices(['text', 'json']).default('text'));
  return withTimeOptions(withClientOptions(command)).action(async (query: string, options: ExplainOptions) => {
    await runClient(query, async () => {
      const answer = await new Client(options).get('/skald/api/v1/explain', explainParams(query, options));
      process.stdout.write(answer.endsWith('\n') ? answer : `${answer}\n`);
    });
  });
}

function explainParams(query: string, options: ExplainOptions): [string, string][] {
  const params: [string, string][] = [['query', query], ...timeParams(options), ['format', options.output]];
  for (const name of ['step', 'limit', 'time'] as const) {
    if (options[name] !== undefined) params.push([name, options[name]]);
  }
  if (options.analyze === true) params.push(['analyze', 'true']);
  if (options.verbose === true) params.push(['verbose', 'true']);
  for (const rule of options.disable) params.push(['disable', rule]);
  return params;
}
