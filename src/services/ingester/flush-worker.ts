import { parentPort, workerData } from 'node:worker_threads';
import { must } from '../../common/assert.ts';
import { messageOf, SkaldError } from '../../common/errors.ts';
import { nodeRuntime } from '../../common/node-runtime.ts';
import { MemoryReclaimer } from '../../common/memory-reclaimer.ts';
import { writeCut } from '../../../storage/chunk/write-cut.ts';
import { openObjectStore } from '../../../storage/objectstore/object-store-config.ts';
import type { FlushReply, FlushRequest, FlushWorkerData } from './flush-protocol.ts';

const port = must(parentPort, 'the flush worker runs in a worker thread');
const { store: config, codec } = workerData as FlushWorkerData;
const store = openObjectStore(config, nodeRuntime);
const reclaimer = new MemoryReclaimer('shared');

function reply(message: FlushReply): void {
  port.postMessage(message);
}

async function flush({ cut, committed }: FlushRequest): Promise<void> {
  try {
    const all = await writeCut(store, cut, {
      runtime: nodeRuntime,
      codec,
      committed,
      onCommitted: (index) => reply({ kind: 'Committed', index }),
    });
    reply({ kind: 'Done', committed: all });
    reclaimer.dropped(cut.blocks.reduce((sum, { block }) => sum + block.lines.buffer.byteLength, 0));
  } catch (error) {
    const code = error instanceof SkaldError ? error.code : 'internal';
    reply({ kind: 'Failed', code, message: messageOf(error) });
  }
}

port.on('message', (request: FlushRequest) => void flush(request));
