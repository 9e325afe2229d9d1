import { formatPrometheusDuration } from '../../../common/duration.ts';
import { formatRfc3339Nano } from '../../../common/rfc3339.ts';
import type { Labels } from '../../../common/labels.ts';

/** `inactive`: it was firing and is resolved; it is kept for a while so that receivers hear of it. */
export type AlertState = 'inactive' | 'pending' | 'firing';

/** One series of an alerting rule. Times are of evaluations, not of the wall clock. */
export interface Alert {
  readonly state: AlertState;
  /** Those of the series, the rule and `alertname`. */
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly value: number;
  /** Since when the series has been there without a gap. */
  readonly activeAtNs: bigint;
  readonly firedAtNs: bigint | null;
  readonly resolvedAtNs: bigint | null;
  /** First evaluation without the series, while `keep_firing_for` holds the alert. */
  readonly keepFiringSinceNs: bigint | null;
  /** When it was last handed to the notifier. */
  readonly lastSentAtNs: bigint | null;
  /** The evaluation at which entries that came late made it fire, if they did; `firedAtNs` is when it should have. */
  readonly firedLateAtNs: bigint | null;
}

/** The alerts of one rule by the key of their labels. */
export type AlertSet = ReadonlyMap<string, Alert>;

export const NO_ALERTS: AlertSet = new Map<string, Alert>();

/** The annotation that tells of an alert that fired late, unless the rule has one of this name. */
const LATE_ANNOTATION = 'late_data';

/** What an alert tells people: with a word about it when it fired late. */
export function annotationsOf({ annotations, firedAtNs, firedLateAtNs }: Alert): Readonly<Record<string, string>> {
  if (firedAtNs === null || firedLateAtNs === null) return annotations;
  const late = formatPrometheusDuration(firedLateAtNs - firedAtNs);
  const text = `Fired ${late} late: log lines that it is made of came after the evaluation at ${formatRfc3339Nano(firedAtNs)}.`;
  return { [LATE_ANNOTATION]: text, ...annotations };
}

/** Pending and firing ones: what `/prometheus/api/v1/alerts` lists. */
export function activeAlerts(alerts: AlertSet): Alert[] {
  return [...alerts.values()].filter(({ state }) => state !== 'inactive');
}
