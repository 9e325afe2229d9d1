import type { Labels } from '../../../common/labels.ts';
import { formatRfc3339Nano } from '../../../common/rfc3339.ts';

/** An alert on its way to Alertmanagers. */
export interface Notification {
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtNs: bigint;
  /** When it was resolved, or until when the alert counts as firing without another word. */
  readonly endsAtNs: bigint;
  readonly isResolved: boolean;
  readonly generatorUrl: string;
}

/** The body of `POST /api/v2/alerts`. */
export function encodeNotifications(notifications: readonly Notification[]): string {
  return JSON.stringify(
    notifications.map(({ labels, annotations, startsAtNs, endsAtNs, generatorUrl }) => ({
      startsAt: formatRfc3339Nano(startsAtNs),
      endsAt: formatRfc3339Nano(endsAtNs),
      generatorURL: generatorUrl,
      annotations,
      labels: labels.toRecord(),
    })),
  );
}
