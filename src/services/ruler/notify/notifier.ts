import { Labels } from '../../../common/labels.ts';
import type { Clock, FileSystem, Timers } from '../../../common/runtime.ts';
import { messageOf, SkaldError } from '../../../common/errors.ts';
import { decodeUtf8 } from '../../../common/utf8.ts';
import type { RulerConfig } from '../../../config/ruler-schema.ts';
import type { AddressPolicy } from '../outbound/address-policy.ts';
import { OutboundClient } from '../outbound/outbound-client.ts';
import { parseOutboundUrl } from '../outbound/outbound-url.ts';
import { readTlsFiles } from '../outbound/tls-files.ts';
import { AlertmanagerQueue, type QueueEvents } from './alertmanager-queue.ts';
import type { Notification } from './notification.ts';
import { compileRelabel, type Relabel } from './relabel.ts';

/** Where alerts go: of the ruler, or of a tenant (`ruler_alertmanager_config`). */
export type AlertmanagerConfig = Pick<
  RulerConfig,
  | 'alertmanager_url'
  | 'alert_relabel_configs'
  | 'alertmanager_client'
  | 'notification_queue_capacity'
  | 'notification_timeout'
>;

export interface NotifierOptions {
  readonly config: AlertmanagerConfig;
  readonly externalLabels: Readonly<Record<string, string>>;
  /** Of the tenant's own Alertmanagers, or any for those that the operator named. */
  readonly policy: AddressPolicy;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly files: FileSystem;
  readonly events: QueueEvents;
}

/** How long a stop waits for alerts that have not been sent. */
const CLOSE_MS = 5_000;

/** Sends alerts of one tenant to every Alertmanager of its configuration. */
export class Notifier {
  readonly #client: OutboundClient;
  readonly #queues: readonly AlertmanagerQueue[];
  readonly #relabel: Relabel;
  readonly #externalLabels: readonly (readonly [string, string])[];

  private constructor(client: OutboundClient, queues: readonly AlertmanagerQueue[], options: NotifierOptions) {
    this.#client = client;
    this.#queues = queues;
    this.#relabel = compileRelabel(options.config.alert_relabel_configs);
    this.#externalLabels = Object.entries(options.externalLabels);
  }

  /** Throws SkaldError `bad_config`. */
  static async open(options: NotifierOptions): Promise<Notifier> {
    const { config, policy, clock, timers, files, events } = options;
    const headers = await authorization(config.alertmanager_client, files);
    const tls = await readTlsFiles(config.alertmanager_client, files);
    const client = new OutboundClient({ timers, policy, tls, headers });
    const queues = alertmanagerUrls(config.alertmanager_url).map(
      (url) =>
        new AlertmanagerQueue({
          ...apiOf(url),
          client,
          capacity: config.notification_queue_capacity,
          timeoutMs: config.notification_timeout,
          clock,
          timers,
          events,
        }),
    );
    return new Notifier(client, queues, options);
  }

  get alertmanagerCount(): number {
    return this.#queues.length;
  }

  /** Alerts that wait, for the Alertmanager that has most. */
  get queueLength(): number {
    return Math.max(0, ...this.#queues.map(({ length }) => length));
  }

  /** Does not wait for the network. */
  send(notifications: readonly Notification[]): void {
    const relabelled = notifications.flatMap((notification) => {
      const labels = this.#relabel(this.#withExternalLabels(notification.labels));
      return labels === null ? [] : [{ ...notification, labels }];
    });
    if (relabelled.length === 0) return;
    for (const queue of this.#queues) queue.add(relabelled);
  }

  async close(): Promise<void> {
    await Promise.all(this.#queues.map(async (queue) => await queue.close(CLOSE_MS)));
    this.#client.close();
  }

  /** Labels of the alert itself win. */
  #withExternalLabels(labels: Labels): Labels {
    return this.#externalLabels.length === 0 ? labels : Labels.from([...this.#externalLabels, ...labels.pairs]);
  }
}

/** The URLs of `alertmanager_url`, separated by commas. Throws SkaldError `bad_config`. */
export function alertmanagerUrls(text: string): URL[] {
  return text
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '')
    .map((url) => parseOutboundUrl(url, 'alertmanager_url'));
}

/** Credentials in a URL are sent as basic authentication, and to nobody else. */
function apiOf(base: URL): Pick<ConstructorParameters<typeof AlertmanagerQueue>[0], 'url' | 'name' | 'headers'> {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, '')}/api/v2/alerts`;
  url.username = '';
  url.password = '';
  const { username, password } = base;
  const headers =
    username === '' ? {} : { authorization: basic(decodeURIComponent(username), decodeURIComponent(password)) };
  return { url, name: url.href, headers };
}

async function authorization(
  client: AlertmanagerConfig['alertmanager_client'],
  files: FileSystem,
): Promise<Record<string, string>> {
  const { basic_auth_username: username, basic_auth_password: password, type, credentials, credentials_file } = client;
  if (username !== '') return { authorization: basic(username, password) };
  if (credentials !== '') return { authorization: `${type} ${credentials}` };
  if (credentials_file === '') return {};
  try {
    return { authorization: `${type} ${decodeUtf8(await files.readFile(credentials_file)).trim()}` };
  } catch (error) {
    throw new SkaldError('bad_config', `Cannot read credentials_file ${credentials_file}: ${messageOf(error)}`);
  }
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
