import { parentPort } from 'node:worker_threads';
import { must } from '../../src/common/assert.ts';
import { emptyReport, runDataSet } from './campaign.ts';

/** A data set to run; the answer is its CampaignReport. */
export interface CampaignTask {
  readonly seed: number;
  readonly queries: number;
}

const port = must(parentPort, 'campaign-thread.ts runs in a worker thread only');

async function run({ seed, queries }: CampaignTask): Promise<void> {
  const report = emptyReport();
  await runDataSet(seed, queries, report);
  port.postMessage(report);
}

port.on('message', (task: CampaignTask) => void run(task));
