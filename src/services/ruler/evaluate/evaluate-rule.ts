import { messageOf, SkaldError } from '../../../common/errors.ts';
import { Labels } from '../../../common/labels.ts';
import { msToNs } from '../../../common/time.ts';
import type { AlertingRule, RecordingRule, Rule, RuleGroup, TextMap } from '../rules/rule-group.ts';
import { advanceAlerts, type FoundAlert } from './advance-alerts.ts';
import { activeAlerts, NO_ALERTS, type AlertSet } from './alert.ts';
import { alertSamples } from './alert-samples.ts';
import type { ExpandTemplate } from './expand-template.ts';
import type { RuleQuery, RuleSample } from './rule-query.ts';

export interface EvaluationContext {
  readonly tenant: string;
  readonly group: Pick<RuleGroup, 'labels' | 'limit' | 'queryOffsetMs'>;
  /** The time of the evaluation; the query looks `queryOffsetMs` before it. */
  readonly timeNs: bigint;
  readonly query: RuleQuery;
  readonly expand: ExpandTemplate;
}

export interface RuleOutcome {
  /** Time of the samples. */
  readonly sampleTimeNs: bigint;
  /** What a recording rule records; of an alerting rule the series `ALERTS` and `ALERTS_FOR_STATE`. */
  readonly samples: readonly RuleSample[];
  /** What the query of an alerting rule found: what makes `alerts` of those before it. */
  readonly found: ReadonlyMap<string, FoundAlert>;
  /** The alerts after the evaluation; of a recording rule none. */
  readonly alerts: AlertSet;
}

const NOTHING_FOUND: ReadonlyMap<string, FoundAlert> = new Map<string, FoundAlert>();

/** A rule has more alerts than its group allows. */
export class AlertLimitError extends SkaldError {
  override name = 'AlertLimitError';
}

/**
 * Evaluates one rule once. `previous` are the alerts after the evaluation before; it is not changed. Errors: those of
 * the query, `execution` when two series become one, `query_limit` above the group's limit. The alerts then stay as they
 * were, but an AlertLimitError drops them all, as in Prometheus.
 */
export async function evaluateRule(rule: Rule, previous: AlertSet, context: EvaluationContext): Promise<RuleOutcome> {
  const sampleTimeNs = context.timeNs - msToNs(context.group.queryOffsetMs ?? 0);
  const vector = await context.query(rule.expr, sampleTimeNs, context.tenant);
  const labels: TextMap = { ...context.group.labels, ...rule.labels };
  if (rule.kind === 'RecordingRule') {
    const samples = record(rule, labels, vector, context);
    return { sampleTimeNs, samples, found: NOTHING_FOUND, alerts: NO_ALERTS };
  }
  const found = await findAlerts(rule, labels, vector, context);
  const alerts = advanceAlerts(previous, found, rule, context.timeNs);
  checkAlertLimit(alerts, context.group.limit);
  return { sampleTimeNs, samples: alertSamples(rule, alerts), found, alerts };
}

/** Throws AlertLimitError. */
export function checkAlertLimit(alerts: AlertSet, limit: number): void {
  const count = activeAlerts(alerts).length;
  if (!isAbove(limit, count)) return;
  throw new AlertLimitError('query_limit', `exceeded limit of ${limit} with ${count} alerts`);
}

function record(
  { record: metric }: RecordingRule,
  own: TextMap,
  vector: readonly RuleSample[],
  { group }: EvaluationContext,
): RuleSample[] {
  const seen = new Set<string>();
  const samples = vector.map(({ labels, value }) => {
    const recorded = withLabels(labels, { __name__: metric, ...own });
    if (seen.has(recorded.key)) throw sameLabels('rule');
    seen.add(recorded.key);
    return { labels: recorded, value };
  });
  if (isAbove(group.limit, samples.length)) {
    throw new SkaldError('query_limit', `exceeded limit of ${group.limit} with ${samples.length} series`);
  }
  return samples;
}

async function findAlerts(
  rule: AlertingRule,
  own: TextMap,
  vector: readonly RuleSample[],
  context: EvaluationContext,
): Promise<ReadonlyMap<string, FoundAlert>> {
  const found = new Map<string, FoundAlert>();
  for (const sample of vector) {
    const expanded = await expandAll(own, rule, sample, context);
    const series = withLabels(sample.labels.omit(['__name__']), { ...expanded, alertname: rule.alert });
    if (found.has(series.key)) throw sameLabels('alert');
    const annotations = await expandAll(rule.annotations, rule, sample, context);
    found.set(series.key, { labels: series, annotations, value: sample.value });
  }
  return found;
}

/** What cannot be expanded says why in its place, as in Prometheus: the alert must not be lost. */
async function expandAll(
  texts: TextMap,
  rule: AlertingRule,
  { labels, value }: RuleSample,
  { tenant, timeNs, group, expand }: EvaluationContext,
): Promise<Record<string, string>> {
  const entries: [string, string][] = [];
  const sampleTimeNs = timeNs - msToNs(group.queryOffsetMs ?? 0);
  for (const [key, text] of Object.entries(texts)) {
    const request = {
      tenant,
      name: `__alert_${rule.alert}`,
      text,
      labels,
      value,
      timeNs,
      sampleTimeNs,
      expr: rule.expr,
    };
    try {
      entries.push([key, text.includes('{{') ? await expand(request) : text]);
    } catch (error) {
      entries.push([key, `<error expanding template: ${messageOf(error)}>`]);
    }
  }
  return Object.fromEntries(entries);
}

/** An empty value removes the label. */
function withLabels(labels: Labels, own: TextMap): Labels {
  const all = Labels.from([...labels.pairs, ...Object.entries(own)]);
  return all.pairs.some(([, value]) => value === '') ? Labels.from(all.pairs.filter(([, value]) => value !== '')) : all;
}

function sameLabels(what: 'rule' | 'alert'): SkaldError {
  return new SkaldError('execution', `vector contains metrics with the same labelset after applying ${what} labels`);
}

function isAbove(limit: number, count: number): boolean {
  return limit > 0 && count > limit;
}
