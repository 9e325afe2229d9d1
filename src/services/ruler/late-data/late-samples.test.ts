import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuery } from '../../../../grammar/parse.ts';
import { NO_ALERTS } from '../evaluate/alert.ts';
import { evaluateRule } from '../evaluate/evaluate-rule.ts';
import type { RuleQuery } from '../evaluate/rule-query.ts';
import type { RecordingRule } from '../rules/rule-group.ts';
import { LateSamples } from './late-samples.ts';
import { LineStore, lateLines, MINUTE_NS, type LateLine } from './testing/late-lines.ts';

const EXPR = 'sum by (app) (count_over_time({app=~".+"}[1m]))';
const RULE: RecordingRule = { kind: 'RecordingRule', record: 'm', expr: EXPR, labels: {}, line: 1 };
const MINUTES = 30;
const GRACE_MINUTES = 6n;

const evaluate = async (minute: number, query: RuleQuery) =>
  await evaluateRule(RULE, NO_ALERTS, {
    tenant: 't',
    group: { labels: {}, limit: 0, queryOffsetMs: 0 },
    timeNs: BigInt(minute) * MINUTE_NS,
    query,
    expand: async ({ text }) => await Promise.resolve(text),
  });

/** What a receiver that lets a later word win has of each series at each minute; null is the end of a series. */
type Received = Map<string, Map<number, number | null>>;

async function receive(lines: readonly LateLine[]) {
  const store = new LineStore(lines);
  const query = store.queryOf(false);
  const late = new LateSamples(parseQuery(EXPR), 't', store.writes);
  const received: Received = new Map();
  const corrections: string[] = [];
  const write = (key: string, minute: number, value: number | null): void => {
    const series = received.get(key) ?? new Map<number, number | null>();
    received.set(key, series.set(minute, value));
  };
  let before = new Set<string>();
  for (let minute = 0; minute <= MINUTES; minute++) {
    store.advanceTo(minute * 60);
    const { moment } = store.writes;
    const outcome = await evaluate(minute, query);
    const keys = new Set(outcome.samples.map(({ labels }) => labels.key));
    for (const { labels, value } of outcome.samples) write(labels.key, minute, value);
    for (const key of before) if (!keys.has(key)) write(key, minute, null);
    before = keys;
    late.add({ timeNs: BigInt(minute) * MINUTE_NS, moment, outcome });
    const at = { timeNs: BigInt(minute) * MINUTE_NS, graceNs: GRACE_MINUTES * MINUTE_NS };
    const run = async (timeNs: bigint) => await evaluate(Number(timeNs / MINUTE_NS), query);
    for await (const { sampleTimeNs, changed, added, ended } of late.revisit(at, run)) {
      const then = Number(sampleTimeNs / MINUTE_NS);
      for (const { labels, value } of [...changed, ...added]) write(labels.key, then, value);
      for (const { key } of ended) write(key, then, null);
      corrections.push(`${then}: ${changed.length} changed, ${added.length} added, ${ended.length} ended`);
    }
  }
  return { received, corrections };
}

/** What PromQL finds at a minute: the last word, unless it is the end. */
function valueAt(received: Received, key: string, minute: number): number | null {
  const words = [...(received.get(key) ?? [])].filter(([at]) => at <= minute).sort(([a], [b]) => b - a);
  return words[0]?.[1] ?? null;
}

test('what was sent in the end is what would have been sent if no line had been late', async () => {
  await fc.assert(
    fc.asyncProperty(lateLines, async (lines) => {
      const { received } = await receive(lines);
      const complete = new LineStore(lines).queryOf(true);
      for (let minute = 0; minute <= MINUTES - Number(GRACE_MINUTES); minute++) {
        const { samples } = await evaluate(minute, complete);
        for (const app of ['a', 'b']) {
          const key = `{__name__="m", app="${app}"}`;
          const actual = samples.find(({ labels }) => labels.key === key)?.value ?? null;
          expect([minute, valueAt(received, key, minute)]).toEqual([minute, actual]);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('what is punctual is not corrected', async () => {
  await fc.assert(
    fc.asyncProperty(lateLines, async (lines) => {
      const { corrections } = await receive(lines.map((line) => ({ ...line, arrivedAt: line.at })));
      expect(corrections.every((text) => text.endsWith('0 changed, 0 added, 0 ended'))).toBe(true);
    }),
  );
});

test('a sample is corrected once, when its grace period is over', async () => {
  const line = (at: number, arrivedAt: number): LateLine => ({ app: 'a', at, arrivedAt });
  const { corrections } = await receive([line(50, 60), line(50, 130), line(50, 250), line(290, 350)]);
  expect(corrections).toEqual([
    '1: 1 changed, 0 added, 0 ended',
    '5: 0 changed, 1 added, 0 ended',
    '6: 0 changed, 0 added, 1 ended',
  ]);
});

test('a query that fails is asked again', async () => {
  const store = new LineStore([{ app: 'a', at: 0, arrivedAt: 70 }]);
  const query = store.queryOf(false);
  const late = new LateSamples(parseQuery(EXPR), 't', store.writes);
  late.add({ timeNs: 0n, moment: store.writes.moment, outcome: await evaluate(0, query) });
  store.advanceTo(120);
  const at = { timeNs: 2n * MINUTE_NS, graceNs: MINUTE_NS };
  await expect(late.revisit(at, async () => await Promise.reject(new Error('busy'))).next()).rejects.toThrow('busy');
  const again = [];
  for await (const correction of late.revisit(at, async () => await evaluate(0, query))) again.push(correction);
  expect(again).toMatchObject([{ sampleTimeNs: 0n, isRerun: true, added: [{ value: 1 }] }]);
});
