import { msToNs } from '../../../common/time.ts';
import { annotationsOf, type Alert, type AlertSet } from '../evaluate/alert.ts';
import type { Notification } from './notification.ts';

export interface SendingRules {
  readonly resendDelayMs: number;
  readonly intervalMs: number;
  readonly generatorUrl: string;
}

/** A firing alert counts as firing for this many resends (or intervals, if longer) without another word. */
const VALID_RESENDS = 4n;

/**
 * What must be told to Alertmanagers after an evaluation at `timeNs`: what began to fire, what was resolved, and again
 * every resend delay what goes on firing or was resolved within the retention. The alerts come back with the time noted.
 */
export function dueNotifications(
  alerts: AlertSet,
  timeNs: bigint,
  { resendDelayMs, intervalMs, generatorUrl }: SendingRules,
): { readonly alerts: AlertSet; readonly notifications: readonly Notification[] } {
  const notifications: Notification[] = [];
  const resendNs = msToNs(resendDelayMs);
  const validUntilNs = timeNs + VALID_RESENDS * msToNs(Math.max(resendDelayMs, intervalMs));
  const noted = new Map<string, Alert>();
  for (const [key, alert] of alerts) {
    const due = isDue(alert, timeNs, resendNs);
    noted.set(key, due ? { ...alert, lastSentAtNs: timeNs } : alert);
    if (!due) continue;
    notifications.push({
      labels: alert.labels,
      annotations: annotationsOf(alert),
      startsAtNs: alert.firedAtNs ?? alert.activeAtNs,
      endsAtNs: alert.resolvedAtNs ?? validUntilNs,
      isResolved: alert.resolvedAtNs !== null,
      generatorUrl,
    });
  }
  return { alerts: notifications.length === 0 ? alerts : noted, notifications };
}

function isDue({ state, resolvedAtNs, lastSentAtNs }: Alert, timeNs: bigint, resendNs: bigint): boolean {
  if (state === 'pending') return false;
  if (lastSentAtNs === null) return true;
  if (resolvedAtNs !== null && resolvedAtNs > lastSentAtNs) return true;
  return lastSentAtNs + resendNs <= timeNs;
}
