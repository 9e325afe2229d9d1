import { parentPort, workerData } from 'node:worker_threads';
import { must } from '../../src/common/assert.ts';
import { messageOf, SkaldError } from '../../src/common/errors.ts';
import { collectGarbage } from '../../src/common/memory-reclaimer.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { openUnitSource } from '../../storage/read/open-source.ts';
import { encodeExchange, type ExchangeItem } from './exchange-codec.ts';
import type { RunMessage, WorkerMessage, WorkerSettings } from './messages.ts';
import { type FragmentEnvironment, runFragment } from './run-fragment.ts';

/*
 * A querier worker: runs the fragments that the pool posts. Several may run at the same time; they take turns after
 * every unit, so that a short query waits for one unit of a long one and not for its end.
 */
const port = must(parentPort, 'worker-main.ts runs in a worker thread only');
const { worker, unitSourceConfig } = workerData as WorkerSettings;

const environment: FragmentEnvironment = {
  worker,
  source: openUnitSource(unitSourceConfig, nodeRuntime),
  clock: nodeRuntime.clock,
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

function post(message: WorkerMessage, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function postItem(run: number, item: ExchangeItem): void {
  const encoded = encodeExchange(item);
  const owned = encoded.byteLength === encoded.buffer.byteLength ? encoded : encoded.slice();
  post({ kind: 'Item', run, bytes: owned }, [owned.buffer as ArrayBuffer]);
}

async function serve({ run, request }: RunMessage): Promise<void> {
  try {
    const report = await runFragment(request, environment, (item) => postItem(run, item));
    post({ kind: 'Done', run, report });
  } catch (error) {
    const isExpected = error instanceof SkaldError;
    const stack = !isExpected && error instanceof Error ? (error.stack ?? null) : null;
    post({ kind: 'Failed', run, code: isExpected ? error.code : 'internal', message: messageOf(error), stack });
  }
}

port.on('message', (message: RunMessage) => void serve(message));
post({ kind: 'Ready' });
// Most of the memory is of code that ran once.
collectGarbage('all');
