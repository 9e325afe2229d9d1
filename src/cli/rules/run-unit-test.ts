import { SkaldError } from '../../common/errors.ts';
import { Labels } from '../../common/labels.ts';
import { msToNs } from '../../common/time.ts';
import { activeAlerts, type Alert } from '../../services/ruler/evaluate/alert.ts';
import type { RuleSample } from '../../services/ruler/evaluate/rule-query.ts';
import { replayGroup, replayTimes } from '../../services/ruler/replay/replay-group.ts';
import { intervalOf, ruleName, type RuleGroup } from '../../services/ruler/rules/rule-group.ts';
import { templateExpander } from '../../services/ruler/template/template-expander.ts';
import { parseLabels } from '../../../grammar/parse-labels.ts';
import { Client } from '../client.ts';
import { httpRuleQuery } from './http-rule-query.ts';
import { pushedStreams, TEST_EPOCH_NS } from './test-entries.ts';
import type { UnitTest } from './unit-test-schema.ts';

export interface UnitTestRun {
  readonly url: string;
  /** Of its own, for each test. */
  readonly tenant: string;
  readonly groups: readonly RuleGroup[];
  readonly intervalMs: number;
}

/** What rules had done at one time of a test. */
interface Moment {
  readonly alerts: Alert[];
  readonly recorded: { readonly name: string; readonly sample: RuleSample }[];
  readonly errors: string[];
}

/** Runs a test; the texts of what is not as expected. Throws for what cannot be run at all. */
export async function runUnitTest(test: UnitTest, run: UnitTestRun): Promise<string[]> {
  const client = new Client({ addr: run.url, orgId: run.tenant });
  await pushAll(test, client);
  const moments = await evaluateAll(test, run, client);
  const problems: string[] = [];
  for (const expected of test.alert_rule_test) {
    const moment = moments.get(expected.eval_time) ?? emptyMoment();
    problems.push(...moment.errors, ...checkAlerts(expected, moment));
  }
  for (const { eval_time, record, exp_samples } of test.recording_rule_test) {
    const moment = moments.get(eval_time) ?? emptyMoment();
    const got = moment.recorded.filter(({ name }) => name === record).map(({ sample }) => sample);
    problems.push(...moment.errors, ...checkSamples(`record: ${record}`, eval_time, exp_samples, got));
  }
  const query = httpRuleQuery(client);
  for (const { expr, eval_time, exp_samples } of test.logql_expr_test) {
    const got = await query(expr, TEST_EPOCH_NS + msToNs(eval_time), run.tenant);
    problems.push(...checkSamples(`expr: ${JSON.stringify(expr)}`, eval_time, exp_samples, got));
  }
  return [...new Set(problems)];
}

async function pushAll(test: UnitTest, client: Client): Promise<void> {
  const streams = pushedStreams(test);
  if (streams.length === 0) return;
  const body = Buffer.from(JSON.stringify({ streams }));
  await client.post('/loki/api/v1/push', body, { 'Content-Type': 'application/json' });
}

/** What every group had done at the times that are asked for, by their offset: its last evaluation before or at it. */
async function evaluateAll(test: UnitTest, run: UnitTestRun, client: Client): Promise<ReadonlyMap<number, Moment>> {
  const offsets = [...test.alert_rule_test, ...test.recording_rule_test].map(({ eval_time }) => eval_time);
  const moments = new Map(offsets.map((offset) => [offset, emptyMoment()]));
  const endNs = TEST_EPOCH_NS + msToNs(Math.max(0, ...offsets));
  for (const group of run.groups) {
    const intervalMs = intervalOf(group, run.intervalMs);
    const query = httpRuleQuery(client);
    const { external_labels: externalLabels, external_url: externalUrl } = test;
    const expand = templateExpander({ query, externalLabels, externalUrl });
    const times = replayTimes(TEST_EPOCH_NS, endNs, intervalMs);
    for await (const step of replayGroup({ tenant: run.tenant, group, times, query, expand })) {
      const atMs = Number((step.timeNs - TEST_EPOCH_NS) / 1_000_000n);
      for (const [offset, moment] of moments) {
        if (atMs > offset || atMs + intervalMs <= offset) continue;
        const name = ruleName(step.rule);
        if (step.outcome === null) moment.errors.push(`${name}, time: ${atMs / 1000}s: ${step.error ?? ''}`);
        else {
          moment.alerts.push(...activeAlerts(step.outcome.alerts));
          if (step.rule.kind === 'RecordingRule') {
            moment.recorded.push(...step.outcome.samples.map((sample) => ({ name, sample })));
          }
        }
      }
    }
  }
  return moments;
}

function emptyMoment(): Moment {
  return { alerts: [], recorded: [], errors: [] };
}

function checkAlerts(
  { eval_time, alertname, exp_alerts }: UnitTest['alert_rule_test'][number],
  { alerts }: Moment,
): string[] {
  const expected = exp_alerts.map(({ exp_labels, exp_annotations }) =>
    alertText(Labels.fromRecord({ ...exp_labels, alertname }), exp_annotations),
  );
  const got = alerts
    .filter(({ state, labels }) => state === 'firing' && labels.get('alertname') === alertname)
    .map(({ labels, annotations }) => alertText(labels, annotations));
  return difference(`alertname: ${alertname}, time: ${eval_time / 1000}s`, expected, got);
}

function alertText(labels: Labels, annotations: Readonly<Record<string, string>>): string {
  return `Labels:${labels.key} Annotations:${Labels.fromRecord(annotations).key}`;
}

function checkSamples(
  what: string,
  evalMs: number,
  expected: readonly { readonly labels: string; readonly value: number }[],
  got: readonly RuleSample[],
): string[] {
  // A recorded series is named by its rule; whoever expects it may leave the name out.
  const text = (labels: Labels, value: number): string => `${labels.omit(['__name__']).key} ${value}`;
  return difference(
    `${what}, time: ${evalMs / 1000}s`,
    expected.map(({ labels, value }) => text(labels === '{}' ? Labels.empty : parseLabels(labels), value)),
    got.map(({ labels, value }) => text(labels, value)),
  );
}

function difference(what: string, expected: readonly string[], got: readonly string[]): string[] {
  const [a, b] = [[...expected].sort(), [...got].sort()];
  if (a.length === b.length && a.every((text, i) => text === b[i])) return [];
  const list = (texts: readonly string[]): string => texts.map((text) => `\n            ${text}`).join('');
  return [`    ${what}\n        exp:[${list(a)}\n        ]\n        got:[${list(b)}\n        ]`];
}

/** The groups in the order in which a test wants them. Throws SkaldError `bad_config` for a name that is none. */
export function orderGroups(groups: readonly RuleGroup[], order: readonly string[]): RuleGroup[] {
  for (const name of order) {
    if (!groups.some((group) => group.name === name)) {
      throw new SkaldError('bad_config', `group_eval_order: there is no group ${JSON.stringify(name)}`);
    }
  }
  return [...groups].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}
