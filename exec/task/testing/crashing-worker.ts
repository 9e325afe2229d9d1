import { parentPort } from 'node:worker_threads';

/* A worker that dies when it gets something to do. */
parentPort?.on('message', () => process.exit(3));
parentPort?.postMessage({ kind: 'Ready' });
