import { messageOf } from '../../../common/errors.ts';
import type { Clock, Timers } from '../../../common/runtime.ts';
import type { OutboundClient, OutboundResponse } from '../outbound/outbound-client.ts';
import { encodeNotifications, type Notification } from './notification.ts';

/** Alerts in one request, as in Prometheus. */
export const BATCH_MAX = 64;
/** Waits between attempts: doubled from the first to the last. */
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 30_000;

/** What happened, for metrics and the log. */
export interface QueueEvents {
  sent(url: string, count: number, seconds: number): void;
  failed(url: string, count: number, reason: string): void;
  dropped(url: string, count: number, reason: string): void;
}

export interface AlertmanagerQueueOptions {
  /** Of the API: `http://alertmanager:9093/api/v2/alerts`. */
  readonly url: URL;
  /** How it is called where people read it: without credentials. */
  readonly name: string;
  readonly client: Pick<OutboundClient, 'post'>;
  readonly headers: Readonly<Record<string, string>>;
  readonly capacity: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly events: QueueEvents;
}

/**
 * Alerts that wait for one Alertmanager, which cannot delay another. Of one alert only the newest word waits, so an
 * Alertmanager that was away hears what is, not what was. Above the capacity the one that has waited longest is dropped;
 * `resend_delay` brings it back. A batch that the Alertmanager refuses (4xx) is dropped, after everything else it is
 * tried again.
 */
export class AlertmanagerQueue {
  readonly #options: AlertmanagerQueueOptions;
  readonly #waiting = new Map<string, Notification>();
  readonly #abort = new AbortController();
  #sending: Promise<void> | null = null;
  #cancelWait: () => void = () => undefined;
  #isClosing = false;

  constructor(options: AlertmanagerQueueOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#waiting.size;
  }

  /** Does not wait for the network. */
  add(notifications: readonly Notification[]): void {
    if (this.#isClosing) return;
    for (const notification of notifications) {
      const { key } = notification.labels;
      this.#waiting.delete(key);
      this.#waiting.set(key, notification);
    }
    this.#dropAbove(this.#options.capacity);
    this.#sending ??= this.#sendAll();
  }

  /** Tries once more to send what waits, for no longer than `timeoutMs`, and ends. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosing = true;
    this.#cancelWait();
    const cancel = this.#options.timers.after(timeoutMs, () => this.#abort.abort());
    await this.#sending;
    cancel();
  }

  #dropAbove(capacity: number): void {
    const excess = this.#waiting.size - capacity;
    if (excess <= 0) return;
    for (const key of [...this.#waiting.keys()].slice(0, excess)) this.#waiting.delete(key);
    this.#options.events.dropped(this.#options.name, excess, 'the queue is full');
  }

  async #sendAll(): Promise<void> {
    // Adding is synchronous for its caller, who may add more in the same turn.
    await Promise.resolve();
    let retryMs = RETRY_MIN_MS;
    while (this.#waiting.size > 0) {
      const batch = this.#takeBatch();
      if (batch.length === 0) continue;
      const isDone = await this.#send(batch.map(([, notification]) => notification));
      if (isDone) retryMs = RETRY_MIN_MS;
      else if (this.#isClosing) this.#giveUp(batch.length);
      else {
        this.#putBack(batch);
        await this.#wait(retryMs);
        retryMs = Math.min(2 * retryMs, RETRY_MAX_MS);
      }
    }
    // In the turn in which nothing was left: what is added now starts anew.
    this.#sending = null;
  }

  /** Those that have waited longest. A firing alert that has run out meanwhile would be taken for resolved: it is left out. */
  #takeBatch(): (readonly [string, Notification])[] {
    const batch = [...this.#waiting].slice(0, BATCH_MAX);
    for (const [key] of batch) this.#waiting.delete(key);
    const nowNs = this.#options.clock.nowNs();
    return batch.filter(([, { isResolved, endsAtNs }]) => isResolved || endsAtNs > nowNs);
  }

  /** In front again, except where there is newer word of the alert. */
  #putBack(batch: readonly (readonly [string, Notification])[]): void {
    const newer = [...this.#waiting];
    this.#waiting.clear();
    for (const [key, notification] of batch) this.#waiting.set(key, notification);
    for (const [key, notification] of newer) {
      this.#waiting.delete(key);
      this.#waiting.set(key, notification);
    }
    this.#dropAbove(this.#options.capacity);
  }

  async #wait(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.timers.after(delayMs, resolve);
    this.#cancelWait = () => {
      cancel();
      resolve();
    };
    if (this.#isClosing) this.#cancelWait();
    await promise;
  }

  /** Whether the batch is dealt with: taken, or refused for good. */
  async #send(batch: readonly Notification[]): Promise<boolean> {
    const { url, name, client, headers, timeoutMs, clock, events } = this.#options;
    const startMs = clock.monotonicMs();
    try {
      const response = await client.post({
        url,
        body: encodeNotifications(batch),
        headers: { 'content-type': 'application/json', ...headers },
        timeoutMs,
        signal: this.#abort.signal,
      });
      if (response.status >= 200 && response.status < 300) {
        events.sent(name, batch.length, (clock.monotonicMs() - startMs) / 1000);
        return true;
      }
      events.failed(name, batch.length, `bad response status ${response.status} ${firstLine(response)}`);
      if (!isRefused(response.status)) return false;
      events.dropped(name, batch.length, 'the Alertmanager refuses them');
      return true;
    } catch (error) {
      events.failed(name, batch.length, messageOf(error));
      return false;
    }
  }

  #giveUp(count: number): void {
    const { name, events } = this.#options;
    events.dropped(name, count + this.#waiting.size, 'the server stops');
    this.#waiting.clear();
  }
}

function isRefused(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

function firstLine({ body }: OutboundResponse): string {
  return body.split('\n')[0].slice(0, 200);
}
