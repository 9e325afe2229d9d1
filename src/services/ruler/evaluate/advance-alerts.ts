import { msToNs } from '../../../common/time.ts';
import type { AlertingRule } from '../rules/rule-group.ts';
import type { Alert, AlertSet } from './alert.ts';

/** How long a resolved alert is kept, as in Prometheus: receivers that were away can still hear of it. */
export const RESOLVED_RETENTION_MS = 15 * 60_000;

/** What one evaluation found for a series. */
export type FoundAlert = Pick<Alert, 'labels' | 'annotations' | 'value'>;

export type AlertTiming = Pick<AlertingRule, 'forMs' | 'keepFiringForMs'>;

/**
 * The alerts of a rule after an evaluation at `timeNs` that found `found`. Pure: a replay of the same evaluations gives
 * the same alerts.
 */
export function advanceAlerts(
  previous: AlertSet,
  found: ReadonlyMap<string, FoundAlert>,
  timing: AlertTiming,
  timeNs: bigint,
): AlertSet {
  const next = new Map<string, Alert>();
  for (const [key, alert] of previous) {
    const here = found.get(key);
    const kept = here === undefined ? withoutSeries(alert, timing, timeNs) : withSeries(alert, here, timing, timeNs);
    if (kept !== null) next.set(key, kept);
  }
  for (const [key, here] of found) {
    if (!next.has(key)) next.set(key, fireIfDue(started(here, timeNs), timing, timeNs));
  }
  return next;
}

function started(found: FoundAlert, timeNs: bigint): Alert {
  return {
    ...found,
    state: 'pending',
    activeAtNs: timeNs,
    firedAtNs: null,
    resolvedAtNs: null,
    keepFiringSinceNs: null,
    lastSentAtNs: null,
    firedLateAtNs: null,
  };
}

/** A resolved alert whose series is back begins anew. */
function withSeries(alert: Alert, found: FoundAlert, timing: AlertTiming, timeNs: bigint): Alert {
  const current: Alert =
    alert.state === 'inactive' ? started(found, timeNs) : { ...alert, ...found, keepFiringSinceNs: null };
  return fireIfDue(current, timing, timeNs);
}

function fireIfDue(alert: Alert, { forMs }: AlertTiming, timeNs: bigint): Alert {
  if (alert.state !== 'pending' || timeNs - alert.activeAtNs < msToNs(forMs)) return alert;
  return { ...alert, state: 'firing', firedAtNs: timeNs };
}

/** Null when nothing is left to tell of it. */
function withoutSeries(alert: Alert, { keepFiringForMs }: AlertTiming, timeNs: bigint): Alert | null {
  if (alert.state === 'pending') return null;
  if (alert.state === 'inactive') {
    const resolvedAtNs = alert.resolvedAtNs ?? timeNs;
    return timeNs - resolvedAtNs > msToNs(RESOLVED_RETENTION_MS) ? null : alert;
  }
  const keepFiringSinceNs = alert.keepFiringSinceNs ?? timeNs;
  if (timeNs - keepFiringSinceNs < msToNs(keepFiringForMs)) return { ...alert, keepFiringSinceNs };
  return { ...alert, state: 'inactive', resolvedAtNs: timeNs };
}
