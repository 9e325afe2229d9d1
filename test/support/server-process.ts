import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../src/bin/skald.mjs', import.meta.url));
const START_MS = 60_000;

/** A running `skald` of its own process, as a user would start it. */
export class ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  readonly log: string[];

  private constructor(url: string, child: ChildProcess, log: string[]) {
    this.url = url;
    this.child = child;
    this.log = log;
  }

  /** Starts a server below `directory` on a free port and waits until it listens. */
  static async start(directory: string, args: readonly string[] = []): Promise<ServerProcess> {
    const child = spawn(
      process.execPath,
      [
        LAUNCHER,
        '-server.http-listen-address=127.0.0.1',
        '-server.http-listen-port=0',
        '-server.grpc-listen-port=0',
        `-common.path-prefix=${directory}`,
        // The address is read from the log.
        '-log.level=info',
        ...args,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const log: string[] = [];
    const url = await listeningUrl(child, log);
    return new ServerProcess(url, child, log);
  }

  /** Where it listens for gRPC, `127.0.0.1:9095`. */
  get grpcAddress(): string {
    return /grpc=(\S+)/.exec(this.log.join(''))?.[1] ?? '';
  }

  /** SIGKILL: nothing of the process runs any more when it resolves. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM; resolves with the exit code. */
  async stop(): Promise<number | null> {
    return await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const exited = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill(signal);
    const [code] = await exited;
    return code;
  }
}

async function listeningUrl(child: ChildProcess, log: string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`server did not start: ${log.join('')}`)), START_MS);
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (text: string) => {
      log.push(text);
      const found = /url=(http:\/\/\S+)/.exec(log.join(''));
      if (found?.[1] !== undefined) {
        clearTimeout(timer);
        resolve(found[1]);
      }
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`server ended with ${code}: ${log.join('')}`));
    });
  });
}

/** A new directory, removed by the returned function. */
export async function temporaryDirectory(): Promise<{ directory: string; remove: () => Promise<void> }> {
  const directory = await mkdtemp(path.join(tmpdir(), 'skald-'));
  return { directory, remove: async () => await rm(directory, { recursive: true, force: true }) };
}
