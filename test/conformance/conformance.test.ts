import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { hasShared, sharedDirectory } from '../support/shared-material.ts';
import { BAR_PERCENT, COMPLETE_GROUPS } from './bar.ts';

const RUNNER_MS = 180_000;

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly output: string;
}

/** Runs the recorded cases against a server. */
async function runCases(url: string, args: readonly string[]): Promise<Outcome> {
  const runner = `${sharedDirectory}/conformance/run.mjs`;
  const child = spawn(process.execPath, [runner, '--url', url, '--show', '20', '--min', '0', ...args]);
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const counts = /(\d+) passed, (\d+) failed\s*$/.exec(output);
  if (counts === null) throw new Error(`the runner did not finish: ${output}`);
  return { passed: Number(counts[1]), failed: Number(counts[2]), output };
}

describe.skipIf(!hasShared('conformance/run.mjs')).each([1, 2])('recorded answers of Loki, %i workers', (workers) => {
  let server: ServerProcess;
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  const args = [`-config.file=${sharedDirectory}/conformance/skald.yaml`, `-querier.workers=${workers}`];

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    server = await ServerProcess.start(temporary.directory, args);
  });

  afterAll(async () => {
    await server.stop();
    await temporary.remove();
  });

  async function reachesTheBar(first: boolean): Promise<void> {
    const all = await runCases(server.url, first ? [] : ['--no-push']);
    const percent = (100 * all.passed) / (all.passed + all.failed);
    expect(percent, all.output).toBeGreaterThanOrEqual(BAR_PERCENT);
    for (const group of COMPLETE_GROUPS) {
      const outcome = await runCases(server.url, ['--no-push', '--only', group]);
      expect(outcome.failed, outcome.output).toBe(0);
    }
  }

  test('from the head', { timeout: RUNNER_MS }, async () => {
    await reachesTheBar(true);
    const push = await runCases(server.url, ['--no-push', '--only', 'push/']);
    const failures = [...push.output.matchAll(/^FAIL (.*?) {2}/gm)].map((match) => match[1]);
    expect(failures, push.output).toEqual(['push/otlp bad']);
  });

  test('from chunks, after a flush', { timeout: RUNNER_MS }, async () => {
    expect((await fetch(`${server.url}/flush`, { method: 'POST' })).status).toBe(204);
    await reachesTheBar(false);
  });

  test('after SIGKILL and restart', { timeout: RUNNER_MS }, async () => {
    await server.kill();
    server = await ServerProcess.start(temporary.directory, args);
    await reachesTheBar(false);
  });
});
