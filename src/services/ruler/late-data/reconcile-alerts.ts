import type { Alert, AlertSet } from '../evaluate/alert.ts';

/** What late entries did to the alerts of a rule. */
export interface ReconciledAlerts {
  readonly alerts: AlertSet;
  /** Alerts that fire now and should have fired before. */
  readonly firedLate: readonly Alert[];
  /** Alerts that do not fire with all entries, and are resolved now. */
  readonly resolvedLate: readonly Alert[];
}

/**
 * Brings together the alerts as they were `told` and as they are with the entries that came late (`actual`), both after
 * the evaluation at `timeNs`. `untold` are those that should have been told as firing, as they were then: they fire now,
 * also when that is over, until an evaluation does not find their series. What was told as firing and does not fire is
 * resolved now. Otherwise what is actual holds.
 */
export function reconcileAlerts(told: AlertSet, actual: AlertSet, untold: AlertSet, timeNs: bigint): ReconciledAlerts {
  const alerts = new Map<string, Alert>();
  const firedLate: Alert[] = [];
  const resolvedLate: Alert[] = [];
  for (const key of new Set([...told.keys(), ...actual.keys(), ...untold.keys()])) {
    const before = told.get(key) ?? null;
    const missed = untold.get(key);
    const next = missed === undefined ? reconcile(before, actual.get(key) ?? null, timeNs) : firingLate(missed, timeNs);
    if (next === null) continue;
    alerts.set(key, next);
    if (next.state === 'firing' && before?.state !== 'firing') firedLate.push(next);
    if (next.state === 'inactive' && before?.state === 'firing') resolvedLate.push(next);
  }
  return { alerts, firedLate, resolvedLate };
}

function firingLate(missed: Alert, timeNs: bigint): Alert {
  return { ...missed, lastSentAtNs: null, firedLateAtNs: timeNs };
}

function reconcile(told: Alert | null, actual: Alert | null, timeNs: bigint): Alert | null {
  if (told?.state === 'firing' && actual?.state !== 'firing') {
    return { ...told, state: 'inactive', resolvedAtNs: timeNs, lastSentAtNs: null };
  }
  // Resolved, and whoever was away must still hear of it.
  if (actual === null || actual.state === 'inactive') return told?.state === 'inactive' ? told : null;
  if (actual.state === 'pending') return actual;
  // It was told as resolved although it goes on, or it was told as firing all the time.
  const lastSentAtNs = told?.state === 'firing' ? told.lastSentAtNs : null;
  return { ...actual, lastSentAtNs, firedLateAtNs: told?.firedLateAtNs ?? null };
}
