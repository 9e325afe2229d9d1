import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { prometheusProgram } from './prometheus-tools.ts';
import { temporaryDirectory } from './server-process.ts';

export interface AlertmanagerAlert {
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly status: { readonly state: string };
}

/** A running Alertmanager on a free port. */
export class AlertmanagerProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #remove: () => Promise<void>;

  private constructor(url: string, child: ChildProcess, remove: () => Promise<void>) {
    this.url = url;
    this.#child = child;
    this.#remove = remove;
  }

  /** `port` 0 takes a free one. */
  static async start(port = 0): Promise<AlertmanagerProcess> {
    const { directory, remove } = await temporaryDirectory();
    const config = path.join(directory, 'alertmanager.yml');
    await writeFile(config, 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n');
    const listen = port === 0 ? await freePort() : port;
    const child = spawn(
      prometheusProgram('prometheus-alertmanager') ?? '',
      [
        `--config.file=${config}`,
        `--storage.path=${directory}`,
        `--web.listen-address=127.0.0.1:${listen}`,
        '--cluster.listen-address=',
      ],
      { stdio: 'ignore' },
    );
    const started = new AlertmanagerProcess(`http://127.0.0.1:${listen}`, child, remove);
    await started.#ready();
    return started;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Also resolved ones that it still knows. */
  async alerts(): Promise<AlertmanagerAlert[]> {
    const response = await fetch(`${this.url}/api/v2/alerts`);
    return (await response.json()) as AlertmanagerAlert[];
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await exited;
    }
    await this.#remove();
  }

  async #ready(): Promise<void> {
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error(`the Alertmanager ended with ${this.#child.exitCode}`);
      const response = await fetch(`${this.url}/-/ready`).catch(() => null);
      if (response?.ok === true) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
