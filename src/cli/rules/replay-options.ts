import { Option, type Command } from 'commander';
import { parseBounds } from '../../api/params.ts';
import { parsePrometheusDuration } from '../../common/duration.ts';
import { nodeRuntime } from '../../common/node-runtime.ts';
import { Client, withClientOptions, type ClientOptions } from '../client.ts';
import { timeParams, withTimeOptions, type TimeOptions } from '../time-options.ts';
import type { ReplayFileOptions } from './replay-file.ts';

export interface ReplayCommandOptions extends ClientOptions, TimeOptions {
  readonly interval: string;
  readonly namespace?: string;
}

/** `--addr`, `--org-id`, `--from`, `--to`, `--since`, `--interval` and `--namespace`. */
export function withReplayOptions(command: Command): Command {
  return withTimeOptions(withClientOptions(command))
    .addOption(new Option('--interval <duration>', 'How often groups are evaluated that do not say it.').default('1m'))
    .option(
      '--namespace <name>',
      'Evaluate at the times at which a ruler evaluates groups of this namespace (of a local file: its name), not at ' +
        'multiples of the interval. Each evaluation is then a query by itself.',
    );
}

/** Throws SkaldError `bad_request` for a time that cannot be read. */
export function replayOptions(options: ReplayCommandOptions): ReplayFileOptions {
  const form = new URLSearchParams(timeParams(options));
  return {
    client: new Client(options),
    tenant: options.orgId ?? 'fake',
    ...parseBounds(form, nodeRuntime.clock.nowNs()),
    namespace: options.namespace ?? null,
    intervalMs: Number(parsePrometheusDuration(options.interval)) / 1e6,
  };
}
