#!/usr/bin/env node
// Starts skald on the Node version that it needs: the running one if it is new enough, else the one that `npm ci`
// installed beside it. Plain JavaScript, so that any Node can read it and say what is wrong.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const MAJOR = 24;
const entry = fileURLToPath(new URL('../main.ts', import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= MAJOR) {
  // Types are stripped and code is compiled once, not at every start.
  nodeModule.enableCompileCache();
  const { main } = await import(entry);
  await main(process.argv.slice(2));
} else {
  const pinned = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(pinned)) {
    console.error(
      `skald needs Node ${MAJOR} or later, this is ${process.version}; run "npm ci" to install it beside skald`,
    );
    process.exit(1);
  }
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}
