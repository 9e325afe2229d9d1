import { SkaldError } from '../../common/errors.ts';
import type { Labels } from '../../common/labels.ts';
import type { Timers } from '../../common/runtime.ts';
import type { Receiver } from '../../services/ruler/remote-write/receiver.ts';
import { encodeWriteRequest, type WriteSample } from '../../services/ruler/remote-write/write-request.ts';
import type { ReplayedRule } from '../../services/ruler/replay/replay-group.ts';

/** Attempts at one request. */
const ATTEMPTS_MAX = 6;
const BACKOFF_MIN_MS = 100;
const BACKOFF_MAX_MS = 5000;

export interface BackfillOptions {
  readonly receiver: Receiver;
  /** The tenant that requests name; null: none. */
  readonly tenant: string | null;
  readonly timers: Timers;
  readonly samplesPerRequest: number;
}

/**
 * Writes what recording rules would have recorded, oldest first whatever group it is of: receivers refuse what is much
 * older than what they have. Returns the number of samples. Throws SkaldError `unavailable` when the receiver does not
 * take them, `execution` when a rule cannot be evaluated.
 */
export async function backfill(
  groups: readonly AsyncGenerator<ReplayedRule>[],
  options: BackfillOptions,
): Promise<number> {
  const series = new Map<string, ReadonlyMap<string, Labels>>();
  let waiting: WriteSample[] = [];
  let count = 0;
  for await (const { group, step } of byTime(groups)) {
    const samples = samplesOf(step, `${group} ${step.index}`, series);
    count += samples.filter(({ value }) => value !== null).length;
    waiting.push(...samples);
    while (waiting.length >= options.samplesPerRequest) {
      await send(waiting.slice(0, options.samplesPerRequest), options);
      waiting = waiting.slice(options.samplesPerRequest);
    }
  }
  if (waiting.length > 0) await send(waiting, options);
  return count;
}

/** The samples of an evaluation, and the ends of series that it did not find again. */
function samplesOf(
  { rule, outcome, error, timeNs }: ReplayedRule,
  key: string,
  series: Map<string, ReadonlyMap<string, Labels>>,
): WriteSample[] {
  if (outcome === null) {
    throw new SkaldError('execution', `Cannot evaluate ${rule.expr} at ${timeNs}: ${error ?? ''}`);
  }
  const timestampMs = Number(outcome.sampleTimeNs / 1_000_000n);
  const found = new Map(outcome.samples.map(({ labels }) => [labels.key, labels]));
  const gone = [...(series.get(key) ?? [])].filter(([labels]) => !found.has(labels));
  series.set(key, found);
  return [
    ...outcome.samples.map(({ labels, value }) => ({ labels, value, timestampMs })),
    ...gone.map(([, labels]) => ({ labels, value: null, timestampMs })),
  ];
}

/** The evaluations of several groups, oldest first. */
async function* byTime(
  groups: readonly AsyncGenerator<ReplayedRule>[],
): AsyncGenerator<{ readonly group: number; readonly step: ReplayedRule }> {
  const next = await Promise.all(groups.map(async (group) => await group.next()));
  for (;;) {
    let first = -1;
    let step: ReplayedRule | null = null;
    for (const [i, { done, value }] of next.entries()) {
      if (done !== true && (step === null || value.timeNs < step.timeNs)) [first, step] = [i, value];
    }
    if (step === null) return;
    yield { group: first, step };
    next[first] = await groups[first].next();
  }
}

async function send(samples: readonly WriteSample[], { receiver, tenant, timers }: BackfillOptions): Promise<void> {
  const payload = encodeWriteRequest(samples);
  const { signal } = new AbortController();
  let backoffMs = BACKOFF_MIN_MS;
  for (let attempt = 1; ; attempt++) {
    const outcome = await receiver.write([payload], tenant, signal);
    if (outcome.kind === 'Taken') return;
    if (outcome.kind === 'Refused' || attempt >= ATTEMPTS_MAX) {
      const text = `Cannot write ${samples.length} samples to ${receiver.url.href}: ${outcome.reason}`;
      throw new SkaldError('unavailable', text);
    }
    await timers.sleep(Math.max(backoffMs, outcome.afterMs));
    backoffMs = Math.min(2 * backoffMs, BACKOFF_MAX_MS);
  }
}
