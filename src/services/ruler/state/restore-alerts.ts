import { msToNs } from '../../../common/time.ts';
import { NO_ALERTS, type Alert, type AlertSet } from '../evaluate/alert.ts';

export interface Outage {
  /** The last evaluation before it. */
  readonly lastNs: bigint;
  /** The first one after it. */
  readonly timeNs: bigint;
  readonly intervalMs: number;
  /** `for` of the rule. */
  readonly forMs: number;
  /** `for_grace_period` */
  readonly graceMs: number;
  /** `for_outage_tolerance` */
  readonly toleranceMs: number;
}

/**
 * The alerts of a rule at the first evaluation after a restart. Where no evaluation was missed, nothing changes.
 * Otherwise nobody knows whether a pending alert's series was there meanwhile, so the outage does not count towards
 * `for`; and where `for` is longer than the grace period, the alert has that long at least to go away, as in
 * Prometheus. What fired goes on firing. After an outage above the tolerance everything begins anew.
 */
export function restoreAlerts(saved: AlertSet, outage: Outage): AlertSet {
  const lengthNs = outage.timeNs - outage.lastNs;
  if (lengthNs > msToNs(outage.toleranceMs)) return NO_ALERTS;
  if (lengthNs < 2n * msToNs(outage.intervalMs)) return saved;
  return new Map([...saved].map(([key, alert]) => [key, restored(alert, outage, lengthNs)]));
}

function restored(alert: Alert, { lastNs, timeNs, forMs, graceMs }: Outage, lengthNs: bigint): Alert {
  if (alert.state !== 'pending') return alert;
  const forNs = msToNs(forMs);
  const graceNs = msToNs(graceMs);
  const remainingNs = forNs - (lastNs - alert.activeAtNs);
  if (remainingNs <= 0n) return alert;
  if (forNs >= graceNs && remainingNs < graceNs) return { ...alert, activeAtNs: timeNs + graceNs - forNs };
  return { ...alert, activeAtNs: alert.activeAtNs + lengthNs };
}
