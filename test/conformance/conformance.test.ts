import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { hasShared, sharedDirectory } from '../support/shared-material.ts';
import { BAR_PERCENT, ERROR_TEXTS_PERCENT } from './bar.ts';
import { compareErrorTexts } from './error-texts.ts';

const RUNNER_MS = 180_000;

interface Outcome {
  readonly passedPercent: number;
  readonly output: string;
}

/** Runs the recorded cases against a server. */
async function runCases(url: string, args: readonly string[]): Promise<Outcome> {
  const runner = `${sharedDirectory}/conformance/run.mjs`;
  const child = spawn(process.execPath, [runner, '--url', url, '--show', '20', '--min', '0', ...args]);
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const counts = /(\d+) passed, (\d+) failed\s*$/.exec(output)?.slice(1).map(Number);
  if (counts === undefined) throw new Error(`the runner did not finish: ${output}`);
  const [passed = 0, failed = 0] = counts;
  return { passedPercent: (100 * passed) / (passed + failed), output };
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

  async function reachesTheBar(...options: string[]): Promise<void> {
    const outcome = await runCases(server.url, options);
    expect(outcome.passedPercent, outcome.output).toBeGreaterThanOrEqual(BAR_PERCENT);
    const { count, different } = await compareErrorTexts(server.url);
    const equalPercent = (100 * (count - different.length)) / count;
    expect(equalPercent, JSON.stringify(different, null, 2)).toBeGreaterThanOrEqual(ERROR_TEXTS_PERCENT);
  }

  test('from the head', { timeout: RUNNER_MS }, async () => {
    await reachesTheBar();
  });

  test('from chunks, after a flush', { timeout: RUNNER_MS }, async () => {
    expect((await fetch(`${server.url}/flush`, { method: 'POST' })).status).toBe(204);
    await reachesTheBar('--no-push');
  });

  test('after SIGKILL and restart', { timeout: RUNNER_MS }, async () => {
    await server.kill();
    server = await ServerProcess.start(temporary.directory, args);
    await reachesTheBar('--no-push');
  });
});

describe.skipIf(!hasShared('conformance/run.mjs'))('recorded answers of Loki, from the results cache', () => {
  test('the second time', { timeout: 2 * RUNNER_MS }, async () => {
    const { directory, remove } = await temporaryDirectory();
    const file = `-config.file=${sharedDirectory}/conformance/skald.yaml`;
    const server = await ServerProcess.start(directory, [file, '-querier.cache-results=true']);
    try {
      for (const options of [[], ['--no-push']]) {
        const outcome = await runCases(server.url, options);
        expect(outcome.passedPercent, outcome.output).toBeGreaterThanOrEqual(BAR_PERCENT);
        // The cases push as well, and names of labels in the head are not told apart by time.
        expect((await fetch(`${server.url}/flush`, { method: 'POST' })).status).toBe(204);
      }
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      const hits = Number(/^loki_cache_hits\{[^}]*\} (\d+)$/m.exec(metrics)?.[1]);
      expect(hits).toBeGreaterThan(50);
    } finally {
      await server.stop();
      await remove();
    }
  });
});
