import type { LateChange } from './late-data/look-back.ts';
import type { Notification } from './notify/notification.ts';

/** What happens to a group, for metrics, notifications and the state on disk. */
export interface GroupEvents {
  notify(notifications: readonly Notification[]): void;
  ruleEvaluated(error: string | null, seconds: number, sampleCount: number): void;
  groupEvaluated(seconds: number, missed: number): void;
  /** After each evaluation; the state of the alerts may differ. */
  changed(): void;
  /** A rule whose evaluation fails in another way than the last time. */
  failed(rule: string, error: string): void;
  /** Evaluations of a rule were run again for entries that came late. */
  late(rule: string, change: LateChange): void;
  /** Since the last evaluation of an earlier process. */
  missedInOutage(missed: number, lastNs: bigint): void;
}
