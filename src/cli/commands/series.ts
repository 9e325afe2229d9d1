import { Command } from 'commander';
import { Labels } from '../../common/labels.ts';
import { Client, runClient, withClientOptions, type ClientOptions } from '../client.ts';
import { timeParams, withTimeOptions, type TimeOptions } from '../time-options.ts';

/** `skald series [SELECTOR...]`: label sets of matching streams, a line each. */
export function seriesCommand(): Command {
  const command = new Command('series')
    .description('List streams, as label sets.')
    .argument('[selector...]', 'Streams that match any of these; without one, all streams.');
  return withTimeOptions(withClientOptions(command)).action(
    async (selectors: string[], options: ClientOptions & TimeOptions) => {
      await runClient(selectors[0] ?? null, async () => {
        const params = timeParams(options);
        for (const selector of selectors) params.push(['match[]', selector]);
        const text = await new Client(options).get('/loki/api/v1/series', params);
        const { data } = JSON.parse(text) as { data: Record<string, string>[] };
        const sets = data.map((record) => Labels.fromRecord(record)).sort(Labels.compare);
        for (const set of sets) process.stdout.write(`${set.key}\n`);
      });
    },
  );
}
