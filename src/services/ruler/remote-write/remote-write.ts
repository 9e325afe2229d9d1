import path from 'node:path';
import { Labels } from '../../../common/labels.ts';
import type { Runtime } from '../../../common/runtime.ts';
import type { Logger } from '../../../common/telemetry/logger.ts';
import type { RemoteWriteClientConfig, RemoteWriteConfig } from '../../../config/remote-write-schema.ts';
import type { SampleBatch, SampleSink } from '../evaluate/sample-sink.ts';
import { compileRelabel, type Relabel } from '../notify/relabel.ts';
import { Receiver } from './receiver.ts';
import type { RemoteWriteMetrics } from './remote-write-metrics.ts';
import { SampleQueue, type QueueRecord } from './sample-queue.ts';
import { SampleSender, type SenderEvents } from './sample-sender.ts';
import { encodeWriteRequest, type WriteSample } from './write-request.ts';

/** How long a stop goes on sending; the rest is sent after the next start. */
const CLOSE_MS = 5000;

export interface RemoteWriteOptions {
  readonly config: RemoteWriteConfig;
  /** Whether a tenant wants nothing sent, as its limits say now. */
  readonly isDisabled: (tenant: string) => boolean;
  /** Where samples wait (`ruler.wal.dir`). */
  readonly directory: string;
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly metrics: RemoteWriteMetrics;
}

interface Client {
  readonly id: string;
  readonly config: RemoteWriteClientConfig;
  readonly receiver: Receiver;
  readonly relabel: Relabel;
}

interface Destination {
  readonly client: Client;
  readonly queue: SampleQueue;
  readonly sender: SampleSender;
}

/** Sends what rules record to receivers of Prometheus remote write, by way of the disk. */
export class RemoteWrite implements SampleSink {
  readonly #options: RemoteWriteOptions;
  readonly #clients: readonly Client[];
  /** Of each tenant one for each client. */
  readonly #tenants = new Map<string, Promise<readonly Destination[]>>();

  private constructor(options: RemoteWriteOptions, clients: readonly Client[]) {
    this.#options = options;
    this.#clients = clients;
    options.metrics.observePending(() => this.#pending());
  }

  /** Also begins to send what an earlier process left. Throws SkaldError `bad_config`. */
  static async open(options: RemoteWriteOptions): Promise<RemoteWrite> {
    const { config, runtime, directory } = options;
    const configs = { ...(config.client === undefined ? {} : { default: config.client }), ...config.clients };
    const clients: Client[] = [];
    for (const [id, own] of Object.entries(configs)) {
      const relabel = compileRelabel(own.write_relabel_configs);
      clients.push({ id, config: own, receiver: await Receiver.open(own, runtime), relabel });
    }
    const opened = new RemoteWrite(options, clients);
    for (const { id } of clients) {
      for (const { name, isDirectory } of await runtime.files.list(path.join(directory, id))) {
        if (isDirectory) await opened.#destinationsOf(name);
      }
    }
    return opened;
  }

  async append({ tenant, timeNs, samples, stale }: SampleBatch): Promise<void> {
    if (this.#options.isDisabled(tenant)) return;
    const timestampMs = Number(timeNs / 1_000_000n);
    const all: WriteSample[] = [
      ...samples.map(({ labels, value }) => ({ labels, value, timestampMs })),
      ...stale.map((labels) => ({ labels, value: null, timestampMs })),
    ];
    for (const { client, queue, sender } of await this.#destinationsOf(tenant)) {
      const records = this.#recordsOf(all, client);
      if (records.length === 0) continue;
      await queue.append(records);
      sender.appended(records.reduce((sum, { sampleCount }) => sum + sampleCount, 0));
    }
  }

  async close(): Promise<void> {
    const destinations = (await Promise.all(this.#tenants.values())).flat();
    await Promise.all(destinations.map(async ({ sender }) => await sender.close(CLOSE_MS)));
    await Promise.all(destinations.map(async ({ queue }) => await queue.close()));
    for (const { receiver } of this.#clients) receiver.close();
  }

  /** No record is larger than a request may be. */
  #recordsOf(samples: readonly WriteSample[], { config, relabel }: Client): QueueRecord[] {
    const kept = samples.flatMap((sample) => {
      const labels = relabel(sample.labels);
      return labels === null || labels.size === 0 ? [] : [{ ...sample, labels: withoutEmpty(labels) }];
    });
    const writtenAtMs = this.#options.runtime.clock.nowMs();
    const records: QueueRecord[] = [];
    const size = config.queue_config.max_samples_per_send;
    for (let i = 0; i < kept.length; i += size) {
      const part = kept.slice(i, i + size);
      records.push({ payload: encodeWriteRequest(part), sampleCount: part.length, writtenAtMs });
    }
    return records;
  }

  async #destinationsOf(tenant: string): Promise<readonly Destination[]> {
    let opened = this.#tenants.get(tenant);
    if (opened === undefined) {
      opened = Promise.all(this.#clients.map(async (client) => await this.#open(tenant, client)));
      this.#tenants.set(tenant, opened);
      // A directory that cannot be made now may be made later.
      opened.catch(() => this.#tenants.delete(tenant));
    }
    return await opened;
  }

  async #open(tenant: string, client: Client): Promise<Destination> {
    const { config, directory, maxAgeMs, maxBytes, runtime } = this.#options;
    const events = this.#eventsOf(tenant, client);
    const queue = await SampleQueue.open({
      directory: path.join(directory, client.id, tenant),
      files: runtime.files,
      maxBytes,
      report: (text) => events.problem(text),
    });
    const own = client.config.queue_config;
    const sender = new SampleSender({
      queue,
      receiver: client.receiver,
      config: own,
      maxAgeMs: own.sample_age_limit === 0 ? maxAgeMs : own.sample_age_limit,
      tenant: config.add_org_id_header ? tenant : null,
      clock: runtime.clock,
      timers: runtime.timers,
      events,
    });
    return { client, queue, sender };
  }

  #eventsOf(tenant: string, { id, config, receiver }: Client): SenderEvents {
    const { logger, metrics } = this.#options;
    const name = config.name === '' ? id : config.name;
    const counted = metrics.of({ tenant, remote_name: name, url: receiver.url.href });
    const about = { org_id: tenant, remote_name: name };
    let failing = '';
    return {
      sent: (count) => {
        counted.sent(count);
        if (failing !== '') logger.info(about, 'samples are sent again');
        failing = '';
      },
      retried: (count, reason) => {
        counted.retried(count);
        // Once for each reason, not once for each attempt.
        if (reason !== failing)
          logger.warn({ ...about, count, err: reason }, 'sending samples failed, will be retried');
        failing = reason;
      },
      failed: (count, reason) => {
        counted.failed(count);
        logger.error({ ...about, count, err: reason }, 'samples were refused and are lost');
      },
      dropped: (count, reason) => {
        counted.dropped(count);
        logger.error({ ...about, count, err: reason }, 'samples were dropped');
      },
      problem: (text) => logger.error({ ...about, err: text }, 'queue of samples'),
    };
  }

  async #pending(): Promise<{ tenant: string; remote_name: string; count: number }[]> {
    const found = [];
    for (const [tenant, opened] of this.#tenants) {
      for (const { client, sender } of await opened.catch(() => [])) {
        found.push({ tenant, remote_name: client.config.name || client.id, count: sender.pending });
      }
    }
    return found;
  }
}

/** Prometheus takes an empty value for an absent label, and refuses requests with one. */
function withoutEmpty(labels: Labels): Labels {
  return labels.pairs.some(([, value]) => value === '')
    ? Labels.fromSorted(labels.pairs.filter(([, value]) => value !== ''))
    : labels;
}
