import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { prometheusProgram } from './prometheus-tools.ts';
import { temporaryDirectory } from './server-process.ts';

/** A raw sample: seconds since the epoch and value. */
export type RawSample = readonly [seconds: number, value: string];

export interface RawSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly RawSample[];
  readonly value?: RawSample;
}

/** A Prometheus that takes remote write, on a port that it keeps when it is killed and started again. */
export class PrometheusProcess {
  readonly url: string;
  readonly #directory: string;
  readonly #remove: () => Promise<void>;
  #child: ChildProcess | null = null;

  private constructor(url: string, directory: string, remove: () => Promise<void>) {
    this.url = url;
    this.#directory = directory;
    this.#remove = remove;
  }

  /** `outOfOrder`: how old samples may be that are written after newer ones (`out_of_order_time_window`). */
  static async start({ outOfOrder = '0s' } = {}): Promise<PrometheusProcess> {
    const { directory, remove } = await temporaryDirectory();
    const config = `scrape_configs: []\nstorage: {tsdb: {out_of_order_time_window: ${outOfOrder}}}\n`;
    await writeFile(path.join(directory, 'prometheus.yml'), config);
    const started = new PrometheusProcess(`http://127.0.0.1:${await freePort()}`, directory, remove);
    await started.startAgain();
    return started;
  }

  async startAgain(): Promise<void> {
    const child = spawn(
      prometheusProgram('prometheus') ?? '',
      [
        `--config.file=${this.#directory}/prometheus.yml`,
        `--storage.tsdb.path=${this.#directory}/data`,
        `--web.listen-address=${new URL(this.url).host}`,
        '--web.enable-remote-write-receiver',
      ],
      { stdio: 'ignore' },
    );
    this.#child = child;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}`);
      const response = await fetch(`${this.url}/-/ready`).catch(() => null);
      if (response?.ok === true) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The answer of an instant query. */
  async query(query: string, timeMs = Date.now()): Promise<readonly RawSeries[]> {
    const params = new URLSearchParams({ query, time: String(timeMs / 1000) });
    const response = await fetch(`${this.url}/api/v1/query?${params.toString()}`);
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return (JSON.parse(text) as { data: { result: readonly RawSeries[] } }).data.result;
  }

  async kill(): Promise<void> {
    if (this.#child === null || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async stop(): Promise<void> {
    await this.kill();
    await this.#remove();
  }
}
