import type { IngestLimits } from '../../ingest/ingest-limits.ts';
import { PushDecoder } from '../../ingest/push/push.ts';
import type { BodyLimits } from '../../ingest/push/content.ts';
import type { Clock } from '../../src/common/runtime.ts';
import { testLimits } from './ingest-limits.ts';

/** The moment at which test decoders work, in milliseconds: 2026-11-22T01:41:24.36Z, when Loki's answers were recorded. */
export const NOW_MS = 1_795_311_684_360;
export const NOW_NS = BigInt(NOW_MS) * 1_000_000n;

export interface TestClock extends Clock {
  advance(ms: number): void;
}

export function testClock(): TestClock {
  let elapsed = 0;
  return {
    nowMs: () => NOW_MS + elapsed,
    nowNs: () => BigInt(NOW_MS + elapsed) * 1_000_000n,
    monotonicMs: () => elapsed,
    advance: (ms) => (elapsed += ms),
  };
}

/** A decoder of tenant `fake` with some limits changed; `active` are the label keys of the streams in its head. */
export function testDecoder(
  changes: Partial<IngestLimits> = {},
  options: { clock?: Clock; active?: ReadonlySet<string>; bodyLimits?: BodyLimits } = {},
): PushDecoder {
  const limits = testLimits(changes);
  const active = options.active ?? new Set<string>();
  return new PushDecoder({
    tenant: 'fake',
    clock: options.clock ?? testClock(),
    limits: () => limits,
    active: { count: active.size, has: (labels) => active.has(labels.key) },
    ...(options.bodyLimits === undefined ? {} : { bodyLimits: options.bodyLimits }),
  });
}
