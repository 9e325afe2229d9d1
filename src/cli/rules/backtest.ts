import { must } from '../../common/assert.ts';
import { formatDataSize } from '../../common/data-size.ts';
import { formatPrometheusDuration } from '../../common/duration.ts';
import { activeAlerts } from '../../services/ruler/evaluate/alert.ts';
import type { ReplayedRule } from '../../services/ruler/replay/replay-group.ts';
import { ruleName, type Rule } from '../../services/ruler/rules/rule-group.ts';
import type { ReadWork } from './past-samples.ts';
import type { ReplayedGroup } from './replay-file.ts';

/** One time that one alert was active. */
export interface AlertEpisode {
  readonly labels: Readonly<Record<string, string>>;
  readonly activeAtNs: bigint;
  firedAtNs: bigint | null;
  resolvedAtNs: bigint | null;
  /** The largest value that it had. */
  peak: number;
}

/** What a rule would have done. */
export interface RuleReport {
  readonly rule: Rule;
  readonly work: ReadWork;
  readonly episodes: AlertEpisode[];
  samples: number;
  readonly series: Set<string>;
  failures: number;
  lastError: string;
}

/** Follows the evaluations of a group to their end. */
export async function backtestGroup({ group, work, evaluations }: ReplayedGroup): Promise<RuleReport[]> {
  const reports = group.rules.map((rule): RuleReport => ({
    rule,
    work: must(work.get(rule)),
    episodes: [],
    samples: 0,
    series: new Set<string>(),
    failures: 0,
    lastError: '',
  }));
  const open = group.rules.map(() => new Map<string, AlertEpisode>());
  for await (const step of evaluations) {
    const report = reports[step.index];
    const episodes = open[step.index];
    if (report !== undefined && episodes !== undefined) follow(report, episodes, step);
  }
  return reports;
}

function follow(
  report: RuleReport,
  open: Map<string, AlertEpisode>,
  { rule, timeNs, outcome, error }: ReplayedRule,
): void {
  if (outcome === null) {
    report.failures++;
    report.lastError = error ?? '';
    return;
  }
  if (rule.kind === 'RecordingRule') {
    report.samples += outcome.samples.length;
    for (const { labels } of outcome.samples) report.series.add(labels.key);
    return;
  }
  const active = activeAlerts(outcome.alerts);
  const keys = new Set(active.map(({ labels }) => labels.key));
  for (const [key, episode] of open) {
    if (keys.has(key)) continue;
    episode.resolvedAtNs = timeNs;
    open.delete(key);
  }
  for (const { labels, activeAtNs, firedAtNs, value } of active) {
    let episode = open.get(labels.key);
    if (episode === undefined) {
      episode = { labels: Object.fromEntries(labels.pairs), activeAtNs, firedAtNs, resolvedAtNs: null, peak: value };
      open.set(labels.key, episode);
      report.episodes.push(episode);
    }
    episode.firedAtNs = firedAtNs;
    episode.peak = Math.max(episode.peak, value);
  }
}

/** A report for a person. */
export function printReport({ rule, work, episodes, samples, series, failures, lastError }: RuleReport): string {
  const fired = episodes.filter(({ firedAtNs }) => firedAtNs !== null);
  const did =
    rule.kind === 'RecordingRule'
      ? `${samples} samples of ${series.size} series`
      : `fired ${fired.length} times, pending only ${episodes.length - fired.length} times`;
  const read = `, read ${formatDataSize(work.bytes)} of ${work.lines} lines in ${work.queries} queries`;
  const lines = fired.map((episode) => `    ${printEpisode(episode)}\n`);
  const failed = failures === 0 ? '' : `    ${failures} evaluations failed, the last one: ${lastError}\n`;
  return `  ${rule.kind === 'RecordingRule' ? 'record' : 'alert'} ${ruleName(rule)}: ${did}${read}\n${lines.join('')}${failed}`;
}

function printEpisode({ labels, activeAtNs, firedAtNs, resolvedAtNs, peak }: AlertEpisode): string {
  const named = Object.entries(labels)
    .filter(([name]) => name !== 'alertname')
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ');
  const lasted =
    resolvedAtNs === null ? 'still firing' : `for ${formatPrometheusDuration(resolvedAtNs - (firedAtNs ?? 0n))}`;
  return `${timeText(firedAtNs ?? 0n)} {${named}} ${lasted}, peak ${peak}, active since ${timeText(activeAtNs)}`;
}

function timeText(ns: bigint): string {
  return new Date(Number(ns / 1_000_000n)).toISOString().replace('.000Z', 'Z');
}

/** A report for programs: one line of JSON. */
export function reportJson(group: string, report: RuleReport): string {
  const { rule, work, episodes, samples, series, failures, lastError } = report;
  const time = (ns: bigint | null) => (ns === null ? null : timeText(ns));
  return `${JSON.stringify({
    group,
    [rule.kind === 'RecordingRule' ? 'record' : 'alert']: ruleName(rule),
    read: work,
    ...(rule.kind === 'RecordingRule'
      ? { samples, series: series.size }
      : {
          episodes: episodes.map(({ labels, activeAtNs, firedAtNs, resolvedAtNs, peak }) => {
            return {
              labels,
              activeAt: time(activeAtNs),
              firedAt: time(firedAtNs),
              resolvedAt: time(resolvedAtNs),
              peak,
            };
          }),
        }),
    failures,
    lastError,
  })}\n`;
}
