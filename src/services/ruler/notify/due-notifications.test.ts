import { expect, test } from 'vitest';
import { Labels } from '../../../common/labels.ts';
import { NO_ALERTS, type AlertSet } from '../evaluate/alert.ts';
import { advanceAlerts } from '../evaluate/advance-alerts.ts';
import { dueNotifications } from './due-notifications.ts';

const SECOND_NS = 1_000_000_000n;
const labels = Labels.fromRecord({ a: 'b' });
const there = new Map([[labels.key, { labels, annotations: {}, value: 1 }]]);

/** Times (in seconds) at which the alert is told, evaluated every 15 seconds, with what is told: until when it counts. */
function told(isThere: (second: number) => boolean, endSecond: number, forMs = 0): string[] {
  let alerts: AlertSet = NO_ALERTS;
  const out: string[] = [];
  for (let second = 0; second <= endSecond; second += 15) {
    const timeNs = BigInt(second) * SECOND_NS;
    alerts = advanceAlerts(alerts, isThere(second) ? there : new Map(), { forMs, keepFiringForMs: 0 }, timeNs);
    const due = dueNotifications(alerts, timeNs, { resendDelayMs: 60_000, intervalMs: 15_000, generatorUrl: '' });
    ({ alerts } = due);
    for (const { endsAtNs, isResolved } of due.notifications) {
      out.push(`${second} ${isResolved ? 'resolved' : 'firing until'} ${endsAtNs / SECOND_NS}`);
    }
  }
  return out;
}

test('firing, then again every minute, then resolved, and that again', () => {
  expect(told((second) => second < 150, 300)).toEqual([
    '0 firing until 240',
    '60 firing until 300',
    '120 firing until 360',
    '150 resolved 150',
    '210 resolved 150',
    '270 resolved 150',
  ]);
});

test('nothing is told of a pending alert', () => {
  expect(told((second) => second < 60, 120, 90_000)).toEqual([]);
  expect(told(() => true, 105, 90_000)).toEqual(['90 firing until 330']);
});

test('a resolved alert is told for 15 minutes', () => {
  const all = told((second) => second < 15, 2000);
  expect(all.at(-1)).toBe('915 resolved 15');
});
