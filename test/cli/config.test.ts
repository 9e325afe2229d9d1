import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { push, readAll } from '../support/loki-client.ts';
import { runSkald } from '../support/run-skald.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

const configs = fileURLToPath(new URL('configs', import.meta.url));
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeEach(async () => {
  temporary = await temporaryDirectory();
  process.env['SKALD_TEST_DIRECTORY'] = temporary.directory;
});
afterEach(async () => await temporary.remove());

test('a configuration file of Loki starts skald, which says once what it ignores', async () => {
  const server = await ServerProcess.start(temporary.directory, [
    `-config.file=${configs}/missing.yaml,${configs}/single-node.yaml`,
    '-config.expand-env=true',
  ]);
  try {
    const log = server.log.join('').split('\n');
    const about = (text: string) => log.filter((line) => line.includes(text));
    expect(about('schema_config')).toEqual([
      expect.stringMatching(/level=warn reason="there is one format.*schema_config \(.*single-node\.yaml:34:1\)/),
    ]);
    expect(about('common.ring')).toHaveLength(1);
    expect(about('there is no retention: nothing is deleted')).toEqual([
      expect.stringMatching(/limits_config\.retention_period \(.*single-node\.yaml:31:3\)/),
    ]);
    const pushed = await push(server.url, { app: 'a' }, [[`${Date.now()}000000`, 'hello']]);
    expect(pushed.status).toBe(204);
    const now = BigInt(Date.now()) * 1_000_000n;
    const entries = await readAll(server.url, '{app="a"}', now - 3_600_000_000_000n, now + 1_000_000_000n);
    expect(entries.map(([, line]) => line)).toEqual(['hello']);
  } finally {
    await server.stop();
  }
});

describe('skald config check', () => {
  test('says what is honoured and what is ignored and why, as -verify-config does', async () => {
    const file = `${configs}/scalable.yaml`;
    const { code, stdout } = await runSkald(['config', 'check', file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^honoured \(\d+\):\n/);
    expect(stdout).toContain(`${file}:36:3: ingester.max_chunk_age\n`);
    expect(stdout).toContain(`  membership is not gossiped:\n    ${file}:23:1: memberlist\n`);
    expect(stdout).toMatch(/config is valid\n$/);
    const verified = await runSkald(['-verify-config', `-config.file=${file}`]);
    expect(verified).toMatchObject({ code: 0, stdout: 'config is valid\n' });
    expect(stdout).toContain(verified.stderr);
    expect(verified.stderr).toMatch(/^ignored \(\d+\):\n/);
  });

  test('names every mistake and ends with 1', async () => {
    const file = path.join(temporary.directory, 'wrong.yaml');
    await writeFile(file, 'server:\n  http_listen_port: many\nmemberlist:\n  joined: []\n  bind_port: x\nnope: 1\n');
    const { code, stdout } = await runSkald(['config', 'check', file]);
    expect(code).toBe(1);
    expect(stdout).toContain('wrong (4):\n');
    for (const text of [':2:3: server.http_listen_port: ', ':4:3: unknown key "memberlist.joined"']) {
      expect(stdout).toContain(`  ${file}${text}`);
    }
    expect(stdout).toContain(`${file}:5:3: memberlist.bind_port: expected a number\n`);
    expect(stdout).toContain(`${file}:6:1: unknown key "nope"\n`);
  });

  test('reads the limits of tenants too', async () => {
    const { code, stdout } = await runSkald(['config', 'check', '--overrides', `${configs}/overrides.yaml`]);
    expect(code).toBe(0);
    expect(stdout).toContain('overrides.team-a.max_streams_per_user');
    expect(stdout).toContain('overrides.team-b.max_query_parallelism');
    expect(stdout).toMatch(/limits of 2 tenants are valid\n$/);
  });

  test('a file that is not there', async () => {
    const { code, stderr } = await runSkald(['config', 'check', '/nonexistent.yaml']);
    expect([code, stderr.trimEnd().split('\n').length]).toEqual([1, 1]);
  });
});
