import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../../common/labels.ts';
import { advanceAlerts, type AlertTiming, type FoundAlert } from './advance-alerts.ts';
import { NO_ALERTS, type AlertSet } from './alert.ts';

const MINUTE_NS = 60_000_000_000n;

/** What each minute's evaluation found, by the name of the series; the states after each of them. */
function run(found: readonly string[], timing: Partial<AlertTiming> = {}): string[] {
  let alerts: AlertSet = NO_ALERTS;
  return found.map((names, minute) => {
    const series = new Map<string, FoundAlert>(
      [...names].map((name) => {
        const labels = Labels.fromRecord({ name });
        return [labels.key, { labels, annotations: {}, value: minute }];
      }),
    );
    alerts = advanceAlerts(alerts, series, { forMs: 0, keepFiringForMs: 0, ...timing }, BigInt(minute) * MINUTE_NS);
    return describeAlerts(alerts);
  });
}

function describeAlerts(alerts: AlertSet): string {
  const letters = { pending: 'p', firing: 'F', inactive: 'r' };
  return [...alerts.values()]
    .map(({ labels, state }) => `${labels.get('name')}${letters[state]}`)
    .sort()
    .join(' ');
}

const minutes = (count: number): number => count * 60_000;

describe('an alert', () => {
  test('fires at once without `for`, and is resolved when its series is gone', () => {
    expect(run(['', 'a', 'a', '', ''])).toEqual(['', 'aF', 'aF', 'ar', 'ar']);
  });

  test('is pending until `for` has passed', () => {
    expect(run(['a', 'a', 'a', 'a'], { forMs: minutes(2) })).toEqual(['ap', 'ap', 'aF', 'aF']);
  });

  test('that was only pending is forgotten, and begins anew', () => {
    expect(run(['a', 'a', '', 'a', 'a', 'a'], { forMs: minutes(2) })).toEqual(['ap', 'ap', '', 'ap', 'ap', 'aF']);
  });

  test('that is resolved begins anew as well', () => {
    expect(run(['a', 'a', '', 'a', 'a'], { forMs: minutes(1) })).toEqual(['ap', 'aF', 'ar', 'ap', 'aF']);
  });

  test('is kept for 15 minutes after it was resolved', () => {
    const states = run(['a', ...Array.from({ length: 18 }, () => '')]);
    expect(states.lastIndexOf('ar')).toBe(16);
    expect(states.at(17)).toBe('');
  });

  // https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/: keep_firing_for
  test('goes on firing for keep_firing_for after its series is gone', () => {
    const timing = { keepFiringForMs: minutes(2) };
    expect(run(['a', '', '', '', ''], timing)).toEqual(['aF', 'aF', 'aF', 'ar', 'ar']);
    // A series that is back in time begins the time anew.
    expect(run(['a', '', 'a', '', '', ''], timing)).toEqual(['aF', 'aF', 'aF', 'aF', 'aF', 'ar']);
  });

  test('is one of each series', () => {
    expect(run(['a', 'ab', 'b', ''], { forMs: minutes(1) })).toEqual(['ap', 'aF bp', 'ar bF', 'ar br']);
  });
});

test('the value is the newest, activeAt the first', () => {
  const labels = Labels.fromRecord({ name: 'a' });
  const at = (minute: number, before: AlertSet) =>
    advanceAlerts(
      before,
      new Map([[labels.key, { labels, annotations: { s: `${minute}` }, value: minute }]]),
      { forMs: 60_000, keepFiringForMs: 0 },
      BigInt(minute) * MINUTE_NS,
    );
  const [alert] = at(3, at(2, at(1, NO_ALERTS))).values();
  expect(alert).toMatchObject({ value: 3, annotations: { s: '3' }, activeAtNs: MINUTE_NS, firedAtNs: 2n * MINUTE_NS });
});

/** As it is told in words: each series for itself, from the whole history. */
function expectedState(seen: readonly boolean[], { forMs, keepFiringForMs }: AlertTiming): string {
  let since: number | null = null;
  let firing = false;
  let gone: number | null = null;
  let state = '';
  for (const [minute, isThere] of seen.entries()) {
    if (isThere) {
      if (since === null) {
        since = minute;
        firing = false;
      }
      gone = null;
      if (minutes(minute - since) >= forMs) firing = true;
      state = firing ? 'aF' : 'ap';
      continue;
    }
    if (since === null) continue;
    gone ??= minute;
    if (firing && minutes(minute - gone) < keepFiringForMs) continue;
    state = firing ? 'ar' : '';
    since = null;
    gone = null;
  }
  return state;
}

test('any history ends as it is told in words', () => {
  const history = fc.array(fc.boolean(), { minLength: 1, maxLength: 14 });
  fc.assert(
    fc.property(history, fc.nat(4), fc.nat(4), (seen, forMinutes, keepMinutes) => {
      const timing = { forMs: minutes(forMinutes), keepFiringForMs: minutes(keepMinutes) };
      expect(
        run(
          seen.map((isThere) => (isThere ? 'a' : '')),
          timing,
        ).at(-1),
      ).toBe(expectedState(seen, timing));
    }),
  );
});
