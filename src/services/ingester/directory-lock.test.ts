import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lockDirectory } from './directory-lock.ts';

test('one holder at a time, in this process and in others, and no trace of a killed one', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'skald-lock-'));
  try {
    const lock = lockDirectory(directory);
    expect(() => lockDirectory(directory)).toThrow(/another skald process uses this directory/);
    lock.release();
    const script = `
      const { lockDirectory } = await import(${JSON.stringify(new URL('./directory-lock.ts', import.meta.url).href)});
      lockDirectory(${JSON.stringify(directory)});
      console.log('locked');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(() => lockDirectory(directory)).toThrow(/Cannot lock ".*lock"/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    lockDirectory(directory).release();
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('a directory that is not there is a clear error', () => {
  expect(() => lockDirectory('/nonexistent/skald')).toThrow(/Cannot lock "\/nonexistent\/skald\/lock"/);
});
