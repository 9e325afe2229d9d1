import { Worker } from 'node:worker_threads';
import { unreachable } from '../../src/common/assert.ts';
import { messageOf, SkaldError } from '../../src/common/errors.ts';
import type { UnitSourceConfig } from '../../storage/read/open-source.ts';
import type { FragmentRun } from './fragment-runner.ts';
import { ItemQueue } from './item-queue.ts';
import type { RunMessage, WorkerMessage, WorkerSettings } from './messages.ts';
import { cancelQuery } from './query-control.ts';
import type { FragmentRequest } from './run-fragment.ts';
import type { TaskPool } from './task-pool.ts';

const WORKER_FILE = new URL('./worker-main.ts', import.meta.url);

/**
 * Querier workers: threads that run fragments. A worker that dies fails the queries that it worked for, and only those;
 * a new one takes its place.
 */
export class WorkerPool implements TaskPool {
  readonly size: number;
  readonly #unitSourceConfig: UnitSourceConfig;
  readonly #workers: PoolWorker[] = [];
  #nextRun = 0;
  /** Where the next fragment that does not need all workers begins. */
  #nextWorker = 0;

  readonly #file: URL;

  constructor(size: number, unitSourceConfig: UnitSourceConfig, file = WORKER_FILE) {
    this.size = size;
    this.#file = file;
    this.#unitSourceConfig = unitSourceConfig;
  }

  /** Resolves when all workers are ready to run. */
  async start(): Promise<void> {
    for (let worker = 0; worker < this.size; worker++) {
      this.#workers.push(new PoolWorker(this.#file, { worker, unitSourceConfig: this.#unitSourceConfig }));
    }
    await Promise.all(this.#workers.map(({ ready }) => ready));
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.close()));
  }

  run(request: FragmentRequest, workers: number): FragmentRun {
    const count = Math.min(workers, this.#workers.length);
    if (count === 0) throw new SkaldError('unavailable', 'Cannot run the query: the querier workers are not running.');
    const queue = new ItemQueue(count, () => cancelQuery(request.control));
    const run = this.#nextRun++;
    for (let i = 0; i < count; i++) {
      this.#workers[(this.#nextWorker + i) % this.#workers.length].run({ kind: 'Run', run, request }, queue);
    }
    this.#nextWorker = (this.#nextWorker + count) % this.#workers.length;
    return queue;
  }
}

/** One place of the pool: a thread, and after a crash another one. A thread that cannot even start is not replaced. */
class PoolWorker {
  readonly ready: Promise<void>;
  readonly #file: URL;
  readonly #settings: WorkerSettings;
  readonly #runs = new Map<number, ItemQueue>();
  readonly #settleReady: { resolve(): void; reject(error: Error): void };
  /** Null when it could not be started. */
  #thread: Worker | null;
  #isReady = false;
  #isClosed = false;

  constructor(file: URL, settings: WorkerSettings) {
    this.#file = file;
    this.#settings = settings;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#settleReady = { resolve, reject };
    this.#thread = this.#spawn();
  }

  run(message: RunMessage, queue: ItemQueue): void {
    if (this.#thread === null) {
      queue.fail(new SkaldError('unavailable', 'Cannot run the query: a querier worker did not start.'));
      return;
    }
    this.#runs.set(message.run, queue);
    this.#thread.postMessage(message);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread?.terminate();
    this.#failRuns(new SkaldError('unavailable', 'The query was stopped: skald is shutting down.'));
  }

  #spawn(): Worker {
    this.#isReady = false;
    const thread = new Worker(this.#file, { workerData: this.#settings });
    let reason = '';
    thread.on('message', (message: WorkerMessage) => this.#receive(message));
    thread.on('error', (error) => (reason = messageOf(error)));
    thread.on('exit', (code) => this.#replace(reason === '' ? `exit code ${code}` : reason));
    return thread;
  }

  #receive(message: WorkerMessage): void {
    switch (message.kind) {
      case 'Ready':
        this.#isReady = true;
        this.#settleReady.resolve();
        break;
      case 'Item':
        this.#runs.get(message.run)?.push(message.bytes);
        break;
      case 'Done':
        this.#take(message.run)?.finish(message.report);
        break;
      case 'Failed':
        this.#take(message.run)?.fail(failureOf(message));
        break;
      default:
        unreachable(message);
    }
  }

  #take(run: number): ItemQueue | undefined {
    const queue = this.#runs.get(run);
    this.#runs.delete(run);
    return queue;
  }

  #replace(reason: string): void {
    if (this.#isClosed) return;
    const error = new SkaldError('worker_lost', `A querier worker stopped while it ran the query: ${reason}`);
    this.#thread = this.#isReady ? this.#spawn() : null;
    this.#settleReady.reject(error);
    this.#failRuns(error);
  }

  #failRuns(error: SkaldError): void {
    const queues = [...this.#runs.values()];
    this.#runs.clear();
    for (const queue of queues) queue.fail(error);
  }
}

function failureOf({ code, message, stack }: WorkerMessage & { readonly kind: 'Failed' }): SkaldError {
  const error = new SkaldError(code, message);
  if (stack !== null) error.stack = stack;
  return error;
}
