import { describe, expect, test } from 'vitest';
import { formatRfc3339Nano } from '../../../common/rfc3339.ts';
import { SECONDS, WriteHistory } from '../../ingester/write-history.ts';
import { annotationsOf } from '../evaluate/alert.ts';
import { groupOf, sample, setUpRuler, type RulerSetup } from '../testing/ruler-setup.ts';

const MINUTE_MS = 60_000;

describe('entries that come late', () => {
  const GRACE = { ruler_late_data_grace_period: 10 * MINUTE_MS };
  const EXPR = 'sum by (app) (count_over_time({app="a"}[1m]))';
  /** Minutes before now at which there are lines. */
  function lateRuler(more: Partial<RulerSetup>) {
    const lineTimes: bigint[] = [];
    const writes = new WriteHistory(SECONDS);
    const set = setUpRuler({
      writes,
      limits: () => GRACE,
      query: async (_expr, timeNs) => {
        const count = lineTimes.filter((at) => at > timeNs - 60_000_000_000n && at <= timeNs).length;
        return count === 0 ? [] : [sample({ app: 'a' }, count)];
      },
      ...more,
    });
    const push = (ageMs: number): void => {
      const at = set.time.nowNs() - BigInt(ageMs) * 1_000_000n;
      lineTimes.push(at);
      writes.note('t', BigInt64Array.of(at), 1);
    };
    return { ...set, push };
  }

  test('make an alert fire late, and say so', async () => {
    const { ruler, time, push, log, metric, samples } = lateRuler({});
    await ruler.start();
    await ruler.putGroup('t', 'ns', groupOf(`{name: g, rules: [{alert: A, expr: '${EXPR} > 0'}]}`));
    await time.advance(5 * MINUTE_MS);
    const alerts = () => [...ruler.groups('t')[0].rules[0].alerts.values()];
    push(3 * MINUTE_MS);
    expect(alerts()).toEqual([]);
    await time.advance(MINUTE_MS);
    const [alert] = alerts();
    expect(alert.state).toBe('firing');
    const lateNs = time.nowNs() - (alert.firedAtNs ?? 0n);
    expect(Number(lateNs) / 1e9 / 60).toBeGreaterThan(3);
    expect(annotationsOf(alert)['late_data']).toBe(
      `Fired 3m late: log lines that it is made of came after the evaluation at ${formatRfc3339Nano(alert.firedAtNs ?? 0n)}.`,
    );
    expect(samples.at(-1)?.samples.map(({ labels }) => labels.get('__name__'))).toEqual(['ALERTS', 'ALERTS_FOR_STATE']);
    expect(ruler.groups('t')[0].rules[0].late).toMatchObject({ evaluations: 1, changes: 1 });
    expect(log.filter((line) => line.includes('entries came late'))).toHaveLength(1);
    expect(log.join('')).toContain('firedLate=1');
    expect(await metric('skald_ruler_late_evaluations_total')).toEqual({ 't ns;g': 1 });
    expect(await metric('skald_ruler_late_alerts_total')).toEqual({ 't ns;g': 1 });
    await time.advance(MINUTE_MS);
    expect(alerts().map(({ state }) => state)).toEqual(['inactive']);
    await ruler.close();
  });

  test('change nothing without a grace period, or after it', async () => {
    for (const [limits, ageMs] of [
      [{}, 3 * MINUTE_MS],
      [GRACE, 12 * MINUTE_MS],
    ] as const) {
      const { ruler, time, push, log, samples } = lateRuler({ limits: () => limits });
      await ruler.start();
      const rules = `[{alert: A, expr: '${EXPR} > 0'}, {record: m, expr: '${EXPR}'}]`;
      await ruler.putGroup('t', 'ns', groupOf(`{name: g, rules: ${rules}}`));
      await time.advance(20 * MINUTE_MS);
      push(ageMs);
      await time.advance(20 * MINUTE_MS);
      expect(ruler.groups('t')[0].rules.map(({ alerts }) => alerts.size)).toEqual([0, 0]);
      expect(samples).toEqual([]);
      expect(log.join('')).not.toContain('entries came late');
      await ruler.close();
    }
  });

  test('correct what was recorded when the grace period is over', async () => {
    const { ruler, time, push, samples } = lateRuler({});
    await ruler.start();
    await ruler.putGroup('t', 'ns', groupOf(`{name: g, rules: [{record: m, expr: '${EXPR}'}]}`));
    await time.advance(MINUTE_MS);
    push(0);
    await time.advance(MINUTE_MS);
    const [first] = samples;
    expect(first.samples.map(({ value }) => value)).toEqual([1]);
    push(MINUTE_MS);
    await time.advance(9 * MINUTE_MS);
    expect(samples.slice(1).flatMap((batch) => batch.samples)).toEqual([]);
    await time.advance(MINUTE_MS);
    const corrections = samples.filter(({ timeNs }) => timeNs === first.timeNs).slice(1);
    expect(corrections.map((batch) => batch.samples.map(({ value }) => value))).toEqual([[2]]);
    await ruler.close();
  });

  test('whose query fails are looked at again, and the rule goes on', async () => {
    let fails = false;
    const { ruler, time, push, log } = lateRuler({
      query: async (_expr, timeNs) => {
        if (fails && timeNs < lastNs) throw new Error('too busy');
        lastNs = timeNs > lastNs ? timeNs : lastNs;
        return await Promise.resolve([sample({ app: 'a' })]);
      },
    });
    let lastNs = 0n;
    await ruler.start();
    await ruler.putGroup('t', 'ns', groupOf(`{name: g, rules: [{alert: A, expr: '${EXPR} > 0'}]}`));
    await time.advance(3 * MINUTE_MS);
    push(2 * MINUTE_MS);
    fails = true;
    await time.advance(3 * MINUTE_MS);
    const told = log.filter((line) => line.includes('evaluating rule failed'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('alert A, run again for late entries');
    expect(ruler.groups('t')[0].rules[0]).toMatchObject({ health: 'ok', late: { evaluations: 0 } });
    fails = false;
    await time.advance(MINUTE_MS);
    expect(ruler.groups('t')[0].rules[0].late?.evaluations).toBeGreaterThan(0);
    await ruler.close();
  });
});
