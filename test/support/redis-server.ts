import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { freePort } from './free-port.ts';

const BINARY = '/usr/bin/redis-server';
const START_MS = 30_000;

/** Tests with Redis are skipped where it is not installed, and say so; continuous integration has it and must not skip. */
export function hasRedis(): boolean {
  const present = existsSync(BINARY);
  if (!present && process.env['CI'] !== undefined) throw new Error(`${BINARY} is not installed`);
  if (!present) console.warn(`skipped: ${BINARY} is not installed`);
  return present;
}

/** A Redis server of its own process, in memory only. */
export class RedisServer {
  readonly port: number;
  #child: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
  }

  static async start(...args: readonly string[]): Promise<RedisServer> {
    const port = await freePort();
    return new RedisServer(port, await spawnRedis(port, args));
  }

  get endpoint(): string {
    return `127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  /** On the same port, empty. */
  async startAgain(): Promise<void> {
    this.#child = await spawnRedis(this.port, []);
  }

  /** It takes connections and commands and does not answer. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }
}

async function spawnRedis(port: number, args: readonly string[]): Promise<ChildProcess> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/tmp'];
  const child = spawn(BINARY, [...options, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise<void>((resolve, reject) => {
    let log = '';
    const timer = setTimeout(() => reject(new Error(`Redis did not start: ${log}`)), START_MS);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (!log.includes('Ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', (code) => reject(new Error(`Redis ended with ${code}: ${log}`)));
  });
  return child;
}
