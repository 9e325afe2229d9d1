import { afterAll, beforeAll, expect } from 'vitest';
import { ServerProcess, temporaryDirectory } from './server-process.ts';

/**
 * A server for the tests of a file or of a `describe`: started on an empty directory before them and before their own
 * `beforeAll`, ended after them, which has to go without an error; then its directory is removed.
 */
export class ServerForTests {
  #process: ServerProcess | null = null;
  #directory: Awaited<ReturnType<typeof temporaryDirectory>> | null = null;

  constructor(args: readonly string[] = []) {
    beforeAll(async () => {
      this.#directory = await temporaryDirectory();
      await this.start(args);
    });
    afterAll(async () => {
      if (this.#process !== null) expect(await this.stop()).toBe(0);
      await this.#directory?.remove();
    });
  }

  get directory(): string {
    return (this.#directory ?? notStarted()).directory;
  }

  get url(): string {
    return this.#running.url;
  }

  get log(): readonly string[] {
    return this.#running.log;
  }

  get child(): ServerProcess['child'] {
    return this.#running.child;
  }

  /** Starts it again on the same directory, after `stop` or `kill`. */
  async start(args: readonly string[] = []): Promise<void> {
    this.#process = await ServerProcess.start(this.directory, args);
  }

  /** SIGTERM; resolves with the exit code. */
  async stop(): Promise<number | null> {
    return await this.#running.stop();
  }

  async kill(): Promise<void> {
    await this.#running.kill();
  }

  get #running(): ServerProcess {
    return this.#process ?? notStarted();
  }
}

function notStarted(): never {
  throw new Error('the server of these tests was asked for before it was started: use it in tests and hooks only');
}
