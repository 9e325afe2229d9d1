import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../support/server-process.ts';
import { startCommand } from './start-command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  engines: { node: string };
  dependencies: Record<string, string>;
};

/** The arguments of an instruction in the last stage. */
function instructions(name: string): string[] {
  const stage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  return [...stage.matchAll(new RegExp(`^${name} +(.*)$`, 'gm'))].map(([, rest]) => rest ?? '');
}

/** What the build copies out of the project, as it would be in the image. */
const copied = instructions('COPY')
  .filter((text) => !text.startsWith('--from'))
  .map((text) => text.split(/ +/));

/** What .dockerignore keeps out of the folders that it lets in. */
const isIgnored = (file: string): boolean => file.endsWith('.test.ts') || path.basename(file) === 'testing';

test('the image runs what npm start runs, on the Node that it needs, as nobody', () => {
  const entrypoint = JSON.parse(instructions('ENTRYPOINT')[0] ?? '[]') as string[];
  const { command, environment } = startCommand();
  expect(entrypoint.join(' ')).toBe(command);
  expect(instructions('ENV').flatMap((text) => text.split(' '))).toEqual(expect.arrayContaining([...environment]));
  expect(dockerfile.match(/^FROM node:(\d+)/gm)).toEqual(['FROM node:24', 'FROM node:24']);
  expect(manifest.engines.node).toBe('>=24');
  expect(instructions('USER')).toEqual(['10001:10001']);
  expect(instructions('VOLUME')).toEqual(['/data']);
  expect(instructions('CMD')).toEqual(['["-config.file=/etc/skald/skald.yaml"]']);
  expect(instructions('EXPOSE')).toEqual(['3100 9095']);
});

test('.dockerignore lets in what the build copies', () => {
  const ignore = readFileSync(path.join(root, '.dockerignore'), 'utf8').trim().split('\n');
  expect(ignore[0]).toBe('*');
  const sources = [...copied.flatMap((words) => words.slice(0, -1)), 'package.json', 'package-lock.json'];
  for (const source of sources) expect(ignore).toContain(`!${source}`);
  expect(ignore).toEqual(expect.arrayContaining(['**/*.test.ts', '**/testing']));
});

test('nothing in the image needs a package that is not installed in it', () => {
  const folders = copied
    .flatMap((words) => words.slice(0, -1))
    .filter((name) => !name.includes('.') && name !== 'LICENSE');
  expect(folders.length).toBeGreaterThanOrEqual(6);
  const needed = new Set<string>();
  for (const folder of folders) {
    for (const file of readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(ts|mjs)$/.test(file) || file.endsWith('.test.ts') || file.includes('testing/')) continue;
      const text = readFileSync(path.join(root, folder, file), 'utf8');
      for (const [, type, from] of text.matchAll(/^(?:import|export)( type)?[^'"]*?from '([^'.][^']*)'/gm)) {
        if (type === undefined)
          needed.add(
            (from ?? '')
              .split('/')
              .slice(0, from?.startsWith('@') ? 2 : 1)
              .join('/'),
          );
      }
    }
  }
  const packages = [...needed].filter((name) => !name.startsWith('node:') && !builtinModules.includes(name));
  expect(packages.length).toBeGreaterThan(10);
  expect(packages.filter((name) => !(name in manifest.dependencies))).toEqual([]);
});

describe('with nothing but the files of the image', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let child: ReturnType<typeof spawn>;
  let url = '';

  beforeAll(async () => {
    temporary = await temporaryDirectory();
    const app = path.join(temporary.directory, 'app');
    await mkdir(app);
    for (const words of copied) {
      for (const source of words.slice(0, -1)) {
        const target = words.at(-1) ?? '';
        const to = target.startsWith('/')
          ? path.join(temporary.directory, target)
          : path.join(app, path.basename(source));
        await cp(path.join(root, source), to, { recursive: true, filter: (file) => !isIgnored(file) });
      }
    }
    await symlink(path.join(root, 'node_modules'), path.join(app, 'node_modules'));
    const [, ...args] = JSON.parse(instructions('ENTRYPOINT')[0] ?? '[]') as string[];
    const options = [
      `-config.file=${temporary.directory}/etc/skald/skald.yaml`,
      `-common.path-prefix=${temporary.directory}/data`,
      '-server.http-listen-address=127.0.0.1',
      '-server.http-listen-port=0',
      '-server.grpc-listen-port=0',
    ];
    child = spawn(process.execPath, [...args, ...options], { cwd: app, stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
    while (url === '') {
      url = /url=(http:\/\/\S+)/.exec(log)?.[1] ?? '';
      if (child.exitCode !== null) throw new Error(log);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  afterAll(async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
    await temporary.remove();
  });

  test('it starts, takes a push and answers', async () => {
    const body = { streams: [{ stream: { app: 'image' }, values: [[`${Date.now()}000000`, 'hello']] }] };
    const headers = { 'Content-Type': 'application/json' };
    const pushed = await fetch(`${url}/loki/api/v1/push`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(pushed.status).toBe(204);
    const flushed = await fetch(`${url}/flush`, { method: 'POST' });
    expect(flushed.status).toBe(204);
    const answer = await fetch(`${url}/loki/api/v1/query_range?query=${encodeURIComponent('{app="image"} | json')}`);
    expect(await answer.text()).toContain('hello');
  });

  test('its health check says whether it is ready', async () => {
    const check = JSON.parse(/CMD (\[.*\])/.exec(instructions('HEALTHCHECK')[0] ?? '')?.[1] ?? '[]') as string[];
    const run = async (port: string) => {
      const script = (check[2] ?? '').replace('127.0.0.1:3100', `127.0.0.1:${port}`);
      return await promisify(execFile)(process.execPath, ['-e', script]).then(
        () => 0,
        (error: unknown) => (error as { code: number }).code,
      );
    };
    expect(check.slice(0, 2)).toEqual(['node', '-e']);
    expect(await run(new URL(url).port)).toBe(0);
    expect(await run('1')).toBe(1);
  });
});
