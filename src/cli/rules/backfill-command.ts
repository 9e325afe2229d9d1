import { Command } from 'commander';
import { SkaldError } from '../../common/errors.ts';
import { nodeRuntime } from '../../common/node-runtime.ts';
import { remoteWriteSchema } from '../../config/remote-write-schema.ts';
import { Receiver } from '../../services/ruler/remote-write/receiver.ts';
import { runClient } from '../client.ts';
import { backfill } from './backfill.ts';
import { readRuleFile } from './read-rule-file.ts';
import { replayOnServer } from './replay-file.ts';
import { replayOptions, withReplayOptions, type ReplayCommandOptions } from './replay-options.ts';

interface BackfillCommandOptions extends ReplayCommandOptions {
  readonly remoteWrite: string;
}

/** `skald rules backfill FILE --remote-write URL --from --to` */
export function rulesBackfillCommand(): Command {
  const command = new Command('backfill')
    .description(
      'Write what the recording rules of a file would have recorded to a receiver of Prometheus remote write. ' +
        'The receiver must take old samples (out_of_order_time_window, or be empty).',
    )
    .argument('<file>', 'Rule file, YAML.')
    .requiredOption(
      '--remote-write <url>',
      'The receiver, for example http://user:password@prometheus:9090/api/v1/write.',
    );
  return withReplayOptions(command).action(async (file: string, options: BackfillCommandOptions) => {
    await runClient(null, async () => {
      const replay = replayOptions(options);
      const { client } = remoteWriteSchema.parse({ client: { url: options.remoteWrite } });
      if (client === undefined) throw new SkaldError('bad_config', '--remote-write: expected a URL');
      const receiver = await Receiver.open(client, nodeRuntime);
      const groups = [];
      for (const group of await readRuleFile(file)) {
        const recording = group.rules.filter(({ kind }) => kind === 'RecordingRule');
        if (recording.length > 0) groups.push(await replayOnServer({ ...group, rules: recording }, replay));
      }
      const count = await backfill(
        groups.map(({ evaluations }) => evaluations),
        {
          receiver,
          tenant: options.orgId ?? null,
          timers: nodeRuntime.timers,
          samplesPerRequest: client.queue_config.max_samples_per_send,
        },
      );
      receiver.close();
      process.stdout.write(`${count} samples written to ${receiver.url.href}\n`);
    });
  });
}
