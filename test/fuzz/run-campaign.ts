import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { addReport, type CampaignReport, emptyReport } from './campaign.ts';
import type { CampaignTask } from './campaign-thread.ts';

const THREAD_FILE = new URL('./campaign-thread.ts', import.meta.url);

export interface CampaignOptions {
  /** Of the first data set; the others count up. */
  readonly seed: number;
  readonly dataSets: number;
  readonly queriesPerDataSet: number;
  /** Threads; each has a data set at a time. */
  readonly jobs: number;
  /** Called after each data set. */
  onProgress(total: CampaignReport): void;
}

/** Runs data sets until all are done or one has a finding. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const total = emptyReport();
  let next = 0;
  const work = async (): Promise<void> => {
    const thread = new Worker(THREAD_FILE);
    while (next < options.dataSets && total.findings.length === 0) {
      const task: CampaignTask = { seed: options.seed + next++, queries: options.queriesPerDataSet };
      thread.postMessage(task);
      const [report] = (await once(thread, 'message')) as [CampaignReport];
      addReport(total, report);
      options.onProgress(total);
    }
    await thread.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, options.dataSets) }, work));
  return total;
}
