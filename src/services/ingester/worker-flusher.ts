import { Worker } from 'node:worker_threads';
import { unreachable } from '../../common/assert.ts';
import { messageOf, SkaldError } from '../../common/errors.ts';
import type { Cut } from '../../../storage/chunk/cut.ts';
import type { CommittedIndex } from '../../../storage/index/index-content.ts';
import type { CutFlusher } from './cut-flusher.ts';
import type { FlushReply, FlushRequest, FlushWorkerData } from './flush-protocol.ts';

interface Job {
  readonly committed: CommittedIndex[];
  readonly resolve: (committed: readonly CommittedIndex[]) => void;
  readonly reject: (error: SkaldError) => void;
}

/** Writes cuts in one worker thread, one after another. A thread that died is replaced by the next flush. */
export class WorkerFlusher implements CutFlusher {
  readonly #data: FlushWorkerData;
  #worker: Worker | null = null;
  #job: Job | null = null;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(data: FlushWorkerData) {
    this.#data = data;
  }

  async flush(cut: Cut, committed: CommittedIndex[]): Promise<readonly CommittedIndex[]> {
    const run = this.#tail.then(() => this.#run({ cut, committed: [...committed] }, committed));
    this.#tail = run.catch(() => undefined);
    return await run;
  }

  async close(): Promise<void> {
    await this.#tail;
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  async #run(request: FlushRequest, committed: CommittedIndex[]): Promise<readonly CommittedIndex[]> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    return await new Promise((resolve, reject) => {
      this.#job = { committed, resolve, reject };
      worker.postMessage(request);
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL('./flush-worker.ts', import.meta.url), { workerData: this.#data });
    worker.on('message', (reply: FlushReply) => this.#onReply(reply));
    worker.on('error', (error) => this.#onEnd(worker, messageOf(error)));
    worker.on('exit', (code) => this.#onEnd(worker, `it ended with code ${code}`));
    return worker;
  }

  #onReply(reply: FlushReply): void {
    const job = this.#job;
    if (job === null) return;
    switch (reply.kind) {
      case 'Committed':
        job.committed.push(reply.index);
        return;
      case 'Done':
        this.#job = null;
        job.resolve(reply.committed);
        return;
      case 'Failed':
        this.#job = null;
        job.reject(new SkaldError(reply.code, reply.message));
        return;
      default:
        unreachable(reply);
    }
  }

  #onEnd(worker: Worker, state: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    const job = this.#job;
    this.#job = null;
    job?.reject(new SkaldError('internal', `Cannot flush a head: the flush worker failed: ${state}`));
  }
}
