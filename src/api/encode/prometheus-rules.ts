import { formatRfc3339Nano } from '../../common/rfc3339.ts';
import { compareUtf8 } from '../../common/utf8.ts';
import { parseQuery } from '../../../grammar/parse.ts';
import { print } from '../../../grammar/print.ts';
import { activeAlerts, annotationsOf, type Alert } from '../../services/ruler/evaluate/alert.ts';
import type { GroupStatus, LateStatus, RuleStatus } from '../../services/ruler/rule-status.ts';

const NEVER = '0001-01-01T00:00:00Z';

/** A group as `/prometheus/api/v1/rules` shows it, with some of its rules. */
export function encodeGroup(group: GroupStatus, rules: readonly RuleStatus[]): Record<string, unknown> {
  return {
    name: group.group.name,
    file: group.namespace,
    rules: rules.map((rule) => encodeRule(rule, group.group.labels)),
    interval: group.intervalMs / 1000,
    limit: group.group.limit,
    lastEvaluation: timeOf(group.evaluatedAtNs),
    evaluationTime: group.evaluationMs / 1000,
  };
}

function encodeRule(status: RuleStatus, groupLabels: Readonly<Record<string, string>>): Record<string, unknown> {
  const { rule, health, lastError } = status;
  const labels = sorted({ ...groupLabels, ...rule.labels });
  const query = print(parseQuery(rule.expr));
  const evaluation = {
    lastEvaluation: timeOf(status.evaluatedAtNs),
    evaluationTime: status.evaluationMs / 1000,
    ...(status.late === null ? {} : { lateData: encodeLate(status.late) }),
  };
  if (rule.kind === 'RecordingRule') {
    return { name: rule.record, query, labels, health, lastError, type: 'recording', ...evaluation };
  }
  return {
    state: stateOf(status),
    name: rule.alert,
    query,
    duration: rule.forMs / 1000,
    labels,
    annotations: sorted(rule.annotations),
    alerts: activeAlerts(status.alerts).map(encodeAlert),
    health,
    lastError,
    type: 'alerting',
    ...evaluation,
  };
}

/** A field of our own: only for tenants with a grace period for late data. */
function encodeLate({ evaluations, changes, changedAtNs }: LateStatus): Record<string, unknown> {
  return { evaluations, changes, lastChange: timeOf(changedAtNs) };
}

/** An alert as both Prometheus pages show it. */
export function encodeAlert(alert: Alert): Record<string, unknown> {
  const { labels, state, activeAtNs, value } = alert;
  return {
    labels: labels.toRecord(),
    annotations: sorted(annotationsOf(alert)),
    state,
    activeAt: formatRfc3339Nano(activeAtNs),
    value: formatExponent(value),
  };
}

/** The most urgent state of its alerts; `unknown` before the first evaluation. */
function stateOf({ alerts, health }: RuleStatus): string {
  const states = new Set([...alerts.values()].map(({ state }) => state));
  if (states.has('firing')) return 'firing';
  if (states.has('pending')) return 'pending';
  return health === 'unknown' ? 'unknown' : 'inactive';
}

function timeOf(timeNs: bigint | null): string {
  return timeNs === null ? NEVER : formatRfc3339Nano(timeNs);
}

/** As Go's maps are encoded. */
function sorted(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).sort(([a], [b]) => compareUtf8(a, b)));
}

/** Go's `%e` with as many digits as needed: `1e+00`. */
function formatExponent(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}
