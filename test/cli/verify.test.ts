import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { push } from '../support/loki-client.ts';
import { runSkald } from '../support/run-skald.ts';
import { ServerForTests } from '../support/server-for-tests.ts';

const server = new ServerForTests();

const verify = async (...args: string[]) =>
  await runSkald(['verify', `--common.path-prefix=${server.directory}`, ...args]);

async function send(from: number, count: number): Promise<void> {
  const start = BigInt(Date.now()) * 1_000_000n;
  const values = Array.from({ length: count }, (_, i) => [String(start + BigInt(i)), `line ${from + i}`] as const);
  expect((await push(server.url, { app: 'x' }, values)).status).toBe(204);
}

/** The only file below `directory` whose name ends so. */
async function fileOf(directory: string, ending: RegExp): Promise<string> {
  const names = await readdir(path.join(server.directory, directory), { recursive: true });
  const found = names.filter((name) => ending.test(name));
  expect(found).toHaveLength(1);
  return path.join(server.directory, directory, found[0]);
}

async function flipByte(file: string, at: number): Promise<void> {
  const bytes = await readFile(file);
  const handle = await open(file, 'r+');
  await handle.write(Buffer.of(bytes[at] ^ 1), 0, 1, at);
  await handle.close();
}

test('data is read beside its server, then damage is told with file and offset', async () => {
  await send(0, 1000);
  expect((await fetch(`${server.url}/flush`, { method: 'POST' })).status).toBe(204);
  await send(1000, 20);
  await send(1020, 20);
  const sound = await verify();
  expect([sound.code, sound.stdout]).toEqual([0, '']);
  expect(sound.stderr).toMatch(/objects: 1 chunk, 1000 lines of 7\.9 kB, [\d.]+ kB stored\n/);
  expect(sound.stderr).toMatch(/wal: \d+ segments?, \d+ push(es)? of \d+ lines, [\d.]+ kB\nnothing is damaged\n$/);
  expect((await verify('--quiet')).stderr).toBe('');

  const chunk = await fileOf('objects', /\.arrow$/);
  const bytes = await readFile(chunk);
  await flipByte(chunk, bytes.length >> 1);
  const damaged = await verify();
  expect(damaged.code).toBe(1);
  expect(damaged.stdout).toMatch(/^Chunk "fake\/.*\.arrow" has another checksum than its index ".*" says\n/);
  expect(damaged.stdout).toMatch(/Cannot read chunk "fake\/.*\.arrow": .* at offset \d+\n/);
  expect(damaged.stderr).toMatch(/\d damaged\n$/);
  await writeFile(chunk, bytes);
  expect((await verify()).code).toBe(0);
});

test('a damaged record of the WAL, a torn end', async () => {
  await server.kill();
  const names = (await readdir(path.join(server.directory, 'wal'))).filter((name) => name.endsWith('.wal')).sort();
  const last = path.join(server.directory, 'wal', names.at(-1) ?? '');
  const bytes = await readFile(last);
  await writeFile(last, bytes.subarray(0, bytes.length - 5));
  const torn = await verify();
  expect([torn.code, torn.stdout]).toEqual([0, '']);
  await writeFile(last, bytes);
  await flipByte(last, 48 + 60);
  const damaged = await verify();
  expect(damaged.code).toBe(1);
  expect(damaged.stdout).toMatch(/^Cannot replay WAL segment ".*\.wal" at offset 48: checksum of the payload is .*\n$/);
  await writeFile(last, bytes);
  await server.start();
});

test('a directory that is not there, a file that is not there', async () => {
  const nothing = path.join(server.directory, 'nothing');
  const empty = await runSkald(['verify', `--common.path-prefix=${nothing}`]);
  expect([empty.code, empty.stderr]).toEqual([1, `Cannot verify ${nothing}: there is no such directory\n`]);
  const missing = await runSkald(['verify', '--config.file=/nonexistent.yaml']);
  expect([missing.code, missing.stderr]).toEqual([1, 'Cannot read /nonexistent.yaml: no such file or directory\n']);
});
