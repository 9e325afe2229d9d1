import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuery } from '../../../../grammar/parse.ts';
import { NO_ALERTS, type AlertSet } from '../evaluate/alert.ts';
import { evaluateRule } from '../evaluate/evaluate-rule.ts';
import type { RuleQuery } from '../evaluate/rule-query.ts';
import type { AlertingRule } from '../rules/rule-group.ts';
import { LateAlerts } from './late-alerts.ts';
import { LineStore, lateLines, MINUTE_NS, type LateLine } from './testing/late-lines.ts';

const EXPR = 'sum by (app) (count_over_time({app=~".+"}[1m]))';
/** Everything has come, and was looked at, by then. */
const MINUTES = 20;

const ruleOf = (forMinutes: number, keepMinutes: number): AlertingRule => ({
  ...{ kind: 'AlertingRule', alert: 'A', expr: EXPR, labels: {}, annotations: {}, line: 1 },
  forMs: forMinutes * 60_000,
  keepFiringForMs: keepMinutes * 60_000,
});

const evaluate = async (rule: AlertingRule, before: AlertSet, minute: number, query: RuleQuery) =>
  await evaluateRule(rule, before, {
    tenant: 't',
    group: { labels: {}, limit: 0, queryOffsetMs: 0 },
    timeNs: BigInt(minute) * MINUTE_NS,
    query,
    expand: async ({ text }) => await Promise.resolve(text),
  });

/** The alerts after each minute if no line were late. */
async function onTime(rule: AlertingRule, lines: readonly LateLine[]): Promise<AlertSet[]> {
  const query = new LineStore(lines).queryOf(true);
  const sets: AlertSet[] = [];
  for (let minute = 0; minute <= MINUTES; minute++) {
    sets.push((await evaluate(rule, sets.at(-1) ?? NO_ALERTS, minute, query)).alerts);
  }
  return sets;
}

/** The alerts that are told after each minute, looking back. */
async function withLookingBack(rule: AlertingRule, lines: readonly LateLine[]): Promise<AlertSet[]> {
  const store = new LineStore(lines);
  const query = store.queryOf(false);
  const late = new LateAlerts(rule, parseQuery(EXPR), 't', store.writes);
  const sets: AlertSet[] = [];
  for (let minute = 0; minute <= MINUTES; minute++) {
    store.advanceTo(minute * 60);
    const timeNs = BigInt(minute) * MINUTE_NS;
    const { moment } = store.writes;
    const before = sets.at(-1) ?? NO_ALERTS;
    const outcome = await evaluate(rule, before, minute, query);
    late.add({ timeNs, moment, before, outcome, told: outcome.alerts });
    const found = await late.revisit(
      20n * MINUTE_NS,
      async (at, then) => await evaluate(rule, then, Number(at / MINUTE_NS), query),
    );
    sets.push(found?.alerts ?? outcome.alerts);
  }
  return sets;
}

const stateOf = (alerts: AlertSet, app: string) =>
  [...alerts.values()].find(({ labels }) => labels.get('app') === app) ?? null;

test('alerts end as if no line had been late', async () => {
  await fc.assert(
    fc.asyncProperty(lateLines, fc.nat(3), fc.nat(2), async (lines, forMinutes, keepMinutes) => {
      const rule = ruleOf(forMinutes, keepMinutes);
      const [expected, told] = await Promise.all([onTime(rule, lines), withLookingBack(rule, lines)]);
      for (const app of ['a', 'b']) {
        const isFiring = (alerts: AlertSet): boolean => stateOf(alerts, app)?.state === 'firing';
        // The last line is of minute 10 and comes at minute 15 at the latest; then keep_firing_for may hold an alert.
        expect(isFiring(told[MINUTES])).toBe(isFiring(expected[MINUTES]));
        // What should have fired at any time was told as firing at some time.
        if (expected.some(isFiring)) expect(told.some(isFiring)).toBe(true);
        for (const [minute, alerts] of told.entries()) {
          const alert = stateOf(alerts, app);
          if (alert === null || alert.state === 'inactive' || minute < 15 || alert.firedLateAtNs !== null) continue;
          expect(alert.activeAtNs).toBe(stateOf(expected[minute], app)?.activeAtNs ?? alert.activeAtNs);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('what is not late is not run again', async () => {
  await fc.assert(
    fc.asyncProperty(lateLines, async (lines) => {
      const punctual = lines.map((line) => ({ ...line, arrivedAt: line.at }));
      expect(await withLookingBack(ruleOf(1, 0), punctual)).toEqual(await onTime(ruleOf(1, 0), lines));
    }),
  );
});

test('an alert that fired and ended before its lines came fires once, late, with the times of then', async () => {
  const lines = [0, 60, 120].map((at) => ({ app: 'a', at, arrivedAt: 400 }));
  const told = await withLookingBack(ruleOf(1, 0), lines);
  expect(told.slice(5, 9).map((alerts) => stateOf(alerts, 'a')?.state ?? null)).toEqual([
    null,
    null,
    'firing',
    'inactive',
  ]);
  expect(stateOf(told[7], 'a')).toMatchObject({
    activeAtNs: 0n,
    firedAtNs: MINUTE_NS,
    firedLateAtNs: 7n * MINUTE_NS,
  });
});

test('an alert that waits has waited since its late line', async () => {
  const lines: LateLine[] = [
    { app: 'a', at: 60, arrivedAt: 150 },
    { app: 'a', at: 120, arrivedAt: 120 },
    { app: 'a', at: 180, arrivedAt: 180 },
  ];
  const told = await withLookingBack(ruleOf(2, 0), lines);
  expect(stateOf(told[2], 'a')).toMatchObject({ state: 'pending', activeAtNs: 2n * MINUTE_NS });
  expect(stateOf(told[3], 'a')).toMatchObject({
    state: 'firing',
    activeAtNs: MINUTE_NS,
    firedAtNs: 3n * MINUTE_NS,
  });
});
