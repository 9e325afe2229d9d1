import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runSkald } from '../support/run-skald.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeEach(async () => void (temporary = await temporaryDirectory()));
afterEach(async () => await temporary.remove());

async function configFile(text: string): Promise<string> {
  const file = path.join(temporary.directory, 'skald.yaml');
  await writeFile(file, text);
  return file;
}

describe('what cannot start says why in one line and ends with 1', () => {
  test.each([
    ['an unknown key', 'server:\n  http_listen_prot: 3100\n', ':2:3: unknown key "server.http_listen_prot"'],
    ['a wrong type', 'auth_enabled: maybe\n', ':1:1: auth_enabled: '],
    ['a wrong duration', 'limits_config:\n  query_timeout: 5 minutes\n', ':2:3: limits_config.query_timeout: '],
    ['broken YAML', 'server: [\n', ':2:1: '],
    ['an unknown target', 'target: everything\n', 'Cannot run target "everything": known targets are all'],
  ])('%s', async (_, text, message) => {
    const { code, stderr } = await runSkald([
      `-config.file=${await configFile(text)}`,
      `-common.path-prefix=${temporary.directory}`,
    ]);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(message);
  });

  test('a missing file', async () => {
    const { code, stderr } = await runSkald(['-config.file=/nonexistent.yaml']);
    expect([code, stderr]).toEqual([1, 'skald: Cannot read /nonexistent.yaml: no such file or directory\n']);
  });

  test('a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const args = [
      '-server.http-listen-address=127.0.0.1',
      `-server.http-listen-port=${port}`,
      `-common.path-prefix=${temporary.directory}`,
    ];
    const { code, stderr } = await runSkald(args);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      `skald: Cannot listen on 127.0.0.1:${port}: the address is already in use`,
    );
    other.close();
  });

  test('a data directory that cannot be written', async () => {
    const blocked = path.join(temporary.directory, 'file');
    await writeFile(blocked, '');
    const { code, stderr } = await runSkald([`-common.path-prefix=${blocked}/data`, '-server.http-listen-port=0']);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^skald: Cannot .*file\/data.*/);
  });

  test('a data directory that another process uses', async () => {
    await mkdir(path.join(temporary.directory, 'data'));
    const directory = path.join(temporary.directory, 'data');
    const server = await ServerProcess.start(directory);
    const { code, stderr } = await runSkald([`-common.path-prefix=${directory}`, '-server.http-listen-port=0']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/in use|lock/);
    await server.stop();
  });
});

describe('flags that ask for something else', () => {
  test('-version, -list-targets, -verify-config', async () => {
    expect((await runSkald(['-version'])).stdout).toMatch(/^skald, version \d+\.\d+\.\d+\n$/);
    expect((await runSkald(['--list-targets'])).stdout).toMatch(/^all: /);
    const file = await configFile('limits_config:\n  max_line_size: 1MB\n');
    expect(await runSkald(['-verify-config', '-config.file', file])).toMatchObject({
      code: 0,
      stdout: 'config is valid\n',
    });
  });

  test('-print-config-stderr prints what can be read back', async () => {
    const { stderr } = await runSkald(['-print-config-stderr', '-verify-config', '-server.http-listen-port=4100']);
    expect(stderr).toContain('http_listen_port: 4100');
    const again = await runSkald(['-verify-config', '-config.file', await configFile(stderr)]);
    expect(again).toMatchObject({ code: 0 });
  });

  test('-config.expand-env', async () => {
    const file = await configFile('server:\n  http_listen_port: ${SKALD_TEST_PORT:4200}\n');
    const { stderr } = await runSkald([
      '-config.expand-env',
      '-print-config-stderr',
      '-verify-config',
      `-config.file=${file}`,
    ]);
    expect(stderr).toContain('http_listen_port: 4200');
  });
});

test.each([
  [['-nope'], "error: unknown option '--nope'"],
  [['nope'], "error: unknown command 'nope'; see skald --help"],
  [['-server.http-listen-port=x'], 'flag -server.http-listen-port: "x" is not a number'],
  [['push', '/etc/hostname', '--label', 'app'], 'expected name=value'],
])('%j is refused in one line', async (args, message) => {
  const { code, stderr } = await runSkald(args);
  expect([code, stderr.trimEnd().split('\n').length], stderr).toEqual([1, 1]);
  expect(stderr).toContain(message);
});

test('--help shows the defaults', async () => {
  const { stdout } = await runSkald(['--help']);
  expect(stdout).toContain('(default 3100)');
  expect(stdout).toContain('(default 2h)');
});

test('SIGTERM ends it cleanly', async () => {
  const server = await ServerProcess.start(temporary.directory);
  expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  expect(await server.stop()).toBe(0);
});
