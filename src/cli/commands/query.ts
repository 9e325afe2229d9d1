import { Command, Option } from 'commander';
import { Client, runClient, withClientOptions, type ClientOptions } from '../client.ts';
import { follow } from '../follow.ts';
import { printLogs, type LogFormat, type StreamsData } from '../print-logs.ts';
import { printMetrics, type MetricData } from '../print-metrics.ts';
import { timeParams, withTimeOptions, type TimeOptions } from '../time-options.ts';

interface QueryOptions extends ClientOptions, TimeOptions {
  readonly limit: string;
  readonly step?: string;
  readonly interval?: string;
  readonly time?: string;
  readonly forward?: boolean;
  readonly output: LogFormat;
  readonly color: boolean;
  readonly tail?: boolean;
  readonly follow?: boolean;
  readonly delayFor?: string;
}

interface Answer {
  readonly data: StreamsData | MetricData;
  readonly warnings?: readonly string[];
}

/** `skald query QUERY`: log entries coloured by level, metric results as a table with sparklines. */
export function queryCommand(): Command {
  const command = new Command('query')
    .description('Run a LogQL query.')
    .argument('<query>', 'LogQL.')
    .option('--limit <count>', 'Entries to return.', '30')
    .option('--step <duration>', 'Step of a metric query.')
    .option('--interval <duration>', 'Return entries at least this far apart.')
    .option('--time <time>', 'Run an instant query at this time.')
    .option('-t, --tail', 'Follow the query, as skald tail does.')
    .option('-f, --follow', 'The same as --tail.')
    .option('--delay-for <seconds>', 'With --tail: wait this long for late entries, at most 5.')
    .option('--forward', 'Oldest entries first.')
    .option('--no-color', 'Do not colour entries; without it they are coloured on a terminal.')
    .addOption(
      new Option('--output <format>', 'default, raw (lines only), jsonl or table.')
        .choices(['default', 'raw', 'jsonl', 'table'])
        .default('default'),
    );
  return withTimeOptions(withClientOptions(command)).action(async (query: string, options: QueryOptions) => {
    if (options.tail === true || options.follow === true) {
      await follow(query, options);
      return;
    }
    await runClient(query, async () => {
      const path = options.time === undefined ? '/loki/api/v1/query_range' : '/loki/api/v1/query';
      const answer = JSON.parse(await new Client(options).get(path, queryParams(query, options))) as Answer;
      for (const warning of answer.warnings ?? []) process.stderr.write(`warning: ${warning}\n`);
      const colour = options.color && process.stdout.isTTY;
      const { data } = answer;
      process.stdout.write(
        data.resultType === 'streams'
          ? printLogs(data, options.output, options.forward === true, colour)
          : printMetrics(data, options.output),
      );
    });
  });
}

function queryParams(query: string, options: QueryOptions): [string, string][] {
  const params: [string, string][] = [['query', query], ...timeParams(options), ['limit', options.limit]];
  for (const name of ['step', 'interval', 'time'] as const) {
    if (options[name] !== undefined) params.push([name, options[name]]);
  }
  if (options.forward === true) params.push(['direction', 'forward']);
  return params;
}
