import { msToNs } from '../../common/time.ts';
import { replayGroup, replayTimes, type ReplayedRule } from '../../services/ruler/replay/replay-group.ts';
import { intervalOf, type Rule, type RuleGroup } from '../../services/ruler/rules/rule-group.ts';
import { groupOffsetNs } from '../../services/ruler/schedule/group-schedule.ts';
import { templateExpander } from '../../services/ruler/template/template-expander.ts';
import type { Client } from '../client.ts';
import { PastSamples, type ReadWork } from './past-samples.ts';
import { messageOf } from '../../common/errors.ts';

export interface ReplayFileOptions {
  readonly client: Client;
  readonly tenant: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Of groups that do not say theirs. */
  readonly intervalMs: number;
  /** Evaluations are where a ruler has those of this namespace; null: at multiples of the interval. */
  readonly namespace: string | null;
}

/** A group in a replay: its evaluations, and what the queries of each rule read until then. */
export interface ReplayedGroup {
  readonly group: RuleGroup;
  readonly work: ReadonlyMap<Rule, ReadWork>;
  readonly evaluations: AsyncGenerator<ReplayedRule>;
  readonly times: readonly bigint[];
}

/** Replays one group against the logs of a server. */
export async function replayOnServer(group: RuleGroup, options: ReplayFileOptions): Promise<ReplayedGroup> {
  const { client, tenant, startNs, endNs, namespace } = options;
  const stepMs = intervalOf(group, options.intervalMs);
  const id = namespace === null ? null : { tenant, namespace, name: group.name };
  const times = replayTimes(startNs, endNs, stepMs, id === null ? 0n : groupOffsetNs(id, msToNs(stepMs)));
  const past = new PastSamples(client);
  for (const rule of group.rules) await prepare(past, rule, group, times, stepMs);
  const work = new Map(group.rules.map((rule) => [rule, past.workOf(rule.expr)]));
  const expand = templateExpander({ query: past.query, externalLabels: {}, externalUrl: '' });
  return { group, work, times, evaluations: replayGroup({ tenant, group, times, query: past.query, expand }) };
}

/**
 * With times that are multiples of the interval, one range query answers for many. A refused one is no end: each
 * evaluation then says itself what is wrong.
 */
async function prepare(
  past: PastSamples,
  { expr }: Rule,
  { queryOffsetMs }: RuleGroup,
  times: readonly bigint[],
  stepMs: number,
): Promise<void> {
  const offsetNs = msToNs(queryOffsetMs ?? 0);
  const asked = times.map((timeNs) => timeNs - offsetNs);
  if (asked.length === 0 || asked[0] % msToNs(stepMs) !== 0n) return;
  try {
    await past.prepare(expr, asked, stepMs);
  } catch (error) {
    process.stderr.write(`${expr}: ${messageOf(error)}\n`);
  }
}
