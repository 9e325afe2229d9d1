import { expect, test } from 'vitest';
import { Labels } from '../../../common/labels.ts';
import type { Alert } from '../evaluate/alert.ts';
import { restoreAlerts } from './restore-alerts.ts';

const MINUTE_NS = 60_000_000_000n;
const labels = Labels.fromRecord({ a: 'b' });

const alert = (state: Alert['state'], activeMinute: number): Alert => ({
  state,
  labels,
  annotations: {},
  value: 1,
  activeAtNs: BigInt(activeMinute) * MINUTE_NS,
  firedAtNs: null,
  resolvedAtNs: null,
  keepFiringSinceNs: null,
  lastSentAtNs: null,
  firedLateAtNs: null,
});

/** Active since minute 10, last evaluated at minute 20, then at `backMinute`. Since which minute it is active then. */
function activeSince(state: Alert['state'], backMinute: number, forMinutes: number): number | null {
  const restored = restoreAlerts(new Map([[labels.key, alert(state, 10)]]), {
    lastNs: 20n * MINUTE_NS,
    timeNs: BigInt(backMinute) * MINUTE_NS,
    intervalMs: 60_000,
    forMs: forMinutes * 60_000,
    graceMs: 10 * 60_000,
    toleranceMs: 60 * 60_000,
  });
  const [found] = restored.values();
  return found === undefined ? null : Number(found.activeAtNs / MINUTE_NS);
}

test.each([
  ['a restart that misses nothing changes nothing', 'pending', 21, 15, 10],
  ['an outage does not count towards `for`', 'pending', 25, 30, 15],
  ['nor where `for` is shorter than the grace period', 'pending', 25, 5, 10],
  ['nor where some of a short `for` is left', 'pending', 23, 12, 21],
  ['what is almost due waits for the grace period', 'pending', 30, 15, 25],
  ['what fires goes on', 'firing', 50, 15, 10],
  ['what is resolved is still told', 'inactive', 50, 15, 10],
  ['after a long outage everything begins anew', 'pending', 81, 120, null],
  ['what fired before it, too', 'firing', 81, 15, null],
] as const)('%s', (_, state, back, forMinutes, expected) => {
  expect(activeSince(state, back, forMinutes)).toBe(expected);
});
