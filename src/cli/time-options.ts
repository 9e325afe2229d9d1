import type { Command } from 'commander';

/** `--since`, `--from` and `--to`, as logcli has them. */
export interface TimeOptions {
  readonly since?: string;
  readonly from?: string;
  readonly to?: string;
}

export function withTimeOptions(command: Command): Command {
  return command
    .option('--since <duration>', 'Look back this far from now (or from --to), for example 1h.')
    .option('--from <time>', 'Start: RFC 3339, Unix seconds or nanoseconds.')
    .option('--to <time>', 'End: RFC 3339, Unix seconds or nanoseconds.');
}

/** The request parameters that the options stand for. */
export function timeParams({ since, from, to }: TimeOptions): [string, string][] {
  const given: [string, string | undefined][] = [
    ['since', since],
    ['start', from],
    ['end', to],
  ];
  return given.filter((pair): pair is [string, string] => pair[1] !== undefined);
}
