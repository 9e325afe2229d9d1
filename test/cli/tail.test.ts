import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { push } from '../support/loki-client.ts';
import { runSkald } from '../support/run-skald.ts';
import { ServerForTests } from '../support/server-for-tests.ts';

const LAUNCHER = fileURLToPath(new URL('../../src/bin/skald.mjs', import.meta.url));

const server = new ServerForTests();

let sentNs = BigInt(Date.now()) * 1_000_000n;

async function send(app: string, ...lines: string[]): Promise<void> {
  const values = lines.map((line) => [String(++sentNs), line] as const);
  expect((await push(server.url, { app }, values)).status).toBe(204);
}

/** A following client; what it prints so far. */
function following(args: readonly string[]) {
  const child = spawn(process.execPath, [LAUNCHER, ...args, '--addr', server.url], { stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  return { output, exited, stop };
}

const patiently = { timeout: 20_000 };

test('prints recent entries and what arrives', async () => {
  await send('a', 'level=info one', 'level=warn two');
  const { output, stop } = following(['tail', '{app="a"}', '--limit', '1']);
  await expect.poll(() => output.stdout, patiently).toContain('two');
  await send('a', 'level=error three');
  await expect.poll(() => output.stdout, patiently).toContain('three');
  const [first, second] = output.stdout.trimEnd().split('\n');
  expect(first).toMatch(/^20\S+Z \{app="a", detected_level="warn", service_name="a"\} level=warn two$/);
  expect(second).toMatch(/^20\S+Z \{app="a", detected_level="error", service_name="a"\} level=error three$/);
  expect(output.stdout).not.toContain('one');
  await stop();
});

test('query -f is the same', async () => {
  const { output, stop } = following(['query', '{app="b"} |= "x"', '-f', '--output', 'raw']);
  await send('b', 'x 1', 'y', 'x 2');
  await expect.poll(() => output.stdout, patiently).toBe('x 1\nx 2\n');
  await stop();
});

test('comes back after the server did, and prints nothing twice', async () => {
  const { port } = new URL(server.url);
  const { output, stop } = following(['tail', '{app="c"}', '--output', 'raw']);
  await send('c', 'before');
  await expect.poll(() => output.stdout, patiently).toBe('before\n');
  await server.stop();
  await expect.poll(() => output.stderr, patiently).toContain('connection lost');
  await server.start([`-server.http-listen-port=${port}`]);
  await send('c', 'after');
  await expect.poll(() => output.stdout, patiently).toBe('before\nafter\n');
  await send('c', 'more');
  await expect.poll(() => output.stdout, patiently).toBe('before\nafter\nmore\n');
  await stop();
});

test('does not ask for ever what the server, back again, refuses', async () => {
  const { port } = new URL(server.url);
  const { output, exited } = following(['tail', '{app="d"}', '--output', 'raw']);
  await send('d', 'before');
  await expect.poll(() => output.stdout, patiently).toBe('before\n');
  await server.stop();
  const config = path.join(server.directory, 'strict.yaml');
  await writeFile(config, 'limits_config: {required_labels: [team]}\n');
  await server.start([`-server.http-listen-port=${port}`, `-config.file=${config}`]);
  expect(await exited).toEqual([1, null]);
  expect(output.stderr).toContain('missing required matchers [team]');
});

test('refusals end it, in the words of the server', async () => {
  const wrong = await runSkald(['tail', '{app=', '--addr', server.url]);
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringMatching(/^parse error at line 1, col 6: .*\n1 \| \{app=\n/),
  ]);
  const metric = await runSkald(['tail', 'rate({app="a"}[1m])', '--addr', server.url]);
  expect([metric.code, metric.stderr]).toEqual([1, 'only log selector is supported\n']);
  const away = await runSkald(['tail', '{app="a"}', '--addr', 'http://127.0.0.1:1']);
  expect([away.code, away.stderr]).toEqual([1, expect.stringContaining('Cannot reach')]);
});
