import { messageOf } from '../../../common/errors.ts';
import type { Clock, Timers } from '../../../common/runtime.ts';
import type { RemoteWriteClientConfig } from '../../../config/remote-write-schema.ts';
import type { Receiver, WriteOutcome } from './receiver.ts';
import type { QueueRecord, ReadRecords, SampleQueue } from './sample-queue.ts';

/** What happened, for metrics and the log. */
export interface SenderEvents {
  sent(sampleCount: number): void;
  retried(sampleCount: number, reason: string): void;
  /** Refused by the receiver. */
  failed(sampleCount: number, reason: string): void;
  /** Never sent: too old. */
  dropped(sampleCount: number, reason: string): void;
  /** Of the disk. */
  problem(text: string): void;
}

export interface SampleSenderOptions {
  readonly queue: SampleQueue;
  readonly receiver: Receiver;
  readonly config: RemoteWriteClientConfig['queue_config'];
  /** Records that have waited longer are dropped; 0: none is. */
  readonly maxAgeMs: number;
  /** The tenant of the samples, if requests are to say it. */
  readonly tenant: string | null;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly events: SenderEvents;
}

/**
 * Sends what waits in a queue, in order, until the receiver has it. A request that it refuses is sent again in halves, so
 * that nothing is lost with a sample that it will never take. One that fails is tried again, with longer and longer waits.
 */
export class SampleSender {
  readonly #options: SampleSenderOptions;
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  #wake: () => void = () => undefined;
  #isAwake = true;
  #pending = 0;
  #isClosing = false;

  constructor(options: SampleSenderOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** Samples that were appended since the start and not dealt with yet. */
  get pending(): number {
    return this.#pending;
  }

  /** There are more samples in the queue. */
  appended(sampleCount: number): void {
    this.#pending += sampleCount;
    this.#isAwake = true;
    this.#wake();
  }

  /** What waits is sent once more for no longer than `timeoutMs`; the rest stays on disk. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosing = true;
    this.#wake();
    const cancel = this.#options.timers.after(timeoutMs, () => this.#abort.abort());
    await this.#done;
    cancel();
  }

  async #run(): Promise<void> {
    const { queue, config, events } = this.#options;
    while (!this.#abort.signal.aborted) {
      try {
        const batch = await queue.read(Math.min(config.max_samples_per_send, config.capacity));
        if (batch.records.length > 0) {
          if (!(await this.#deliver(batch))) return;
        } else {
          await queue.commit(batch);
          if (this.#isClosing) return;
          await this.#waitForMore();
        }
      } catch (error) {
        events.problem(messageOf(error));
        if (this.#isClosing) return;
        await this.#wait(config.max_backoff);
      }
    }
  }

  /** Whether the batch is dealt with; else the sender ends. */
  async #deliver(batch: ReadRecords): Promise<boolean> {
    const sampleCount = countOf(batch.records);
    const fresh = this.#withoutOld(batch.records);
    if (fresh.length > 0 && !(await this.#send(fresh))) return false;
    await this.#options.queue.commit(batch);
    this.#pending = Math.max(0, this.#pending - sampleCount);
    return true;
  }

  #withoutOld(records: readonly QueueRecord[]): readonly QueueRecord[] {
    const { maxAgeMs, clock, events } = this.#options;
    if (maxAgeMs === 0) return records;
    const oldestMs = clock.nowMs() - maxAgeMs;
    const fresh = records.filter(({ writtenAtMs }) => writtenAtMs >= oldestMs);
    const dropped = countOf(records) - countOf(fresh);
    if (dropped > 0) events.dropped(dropped, `they have waited for more than ${maxAgeMs / 1000} s`);
    return fresh;
  }

  /** Tries until the records are taken or refused. False: the sender is closed before. */
  async #send(records: readonly QueueRecord[]): Promise<boolean> {
    const { config, events, receiver, tenant } = this.#options;
    let backoffMs = config.min_backoff;
    for (;;) {
      const payloads = records.map(({ payload }) => payload);
      const outcome: WriteOutcome = await receiver.write(payloads, tenant, this.#abort.signal);
      const count = countOf(records);
      switch (outcome.kind) {
        case 'Taken':
          events.sent(count);
          return true;
        case 'Refused':
          if (records.length > 1) return await this.#sendHalves(records);
          events.failed(count, outcome.reason);
          return true;
        case 'Retry':
          if (this.#isClosing) return false;
          events.retried(count, outcome.reason);
          await this.#wait(Math.max(backoffMs, outcome.afterMs));
          backoffMs = Math.min(2 * backoffMs, config.max_backoff);
      }
    }
  }

  async #sendHalves(records: readonly QueueRecord[]): Promise<boolean> {
    const middle = records.length >> 1;
    return (await this.#send(records.slice(0, middle))) && (await this.#send(records.slice(middle)));
  }

  /** Until something is appended; then, unless there is enough for a request, a little longer. */
  async #waitForMore(): Promise<void> {
    const { config } = this.#options;
    if (!this.#isAwake) {
      this.#pending = 0;
      await this.#wait(null);
    }
    this.#isAwake = false;
    if (this.#pending < config.max_samples_per_send) await this.#deadline(config.batch_send_deadline);
  }

  async #deadline(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.timers.after(delayMs, resolve);
    this.#wake = () => {
      if (this.#isClosing || this.#pending >= this.#options.config.max_samples_per_send) resolve();
    };
    this.#wake();
    await promise;
    cancel();
  }

  /** Ends early only for `close`, or, without a delay, when something is appended. */
  async #wait(delayMs: number | null): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = delayMs === null ? () => undefined : this.#options.timers.after(delayMs, resolve);
    this.#wake = () => {
      if (this.#isClosing || delayMs === null) resolve();
    };
    if (this.#isClosing) resolve();
    await promise;
    cancel();
  }
}

function countOf(records: readonly QueueRecord[]): number {
  return records.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
}
