import { msToNs } from '../../common/time.ts';
import { replayGroup, replayTimes, type ReplayedRule } from '../../services/ruler/replay/replay-group.ts';
import type { Rule, RuleGroup } from '../../services/ruler/rules/rule-group.ts';
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
}

/** A group in a replay: what the queries of each rule read, then its evaluations. */
export interface ReplayedGroup {
  readonly group: RuleGroup;
  /** By rule; null where the server refused the query. */
  readonly work: ReadonlyMap<Rule, ReadWork | null>;
  readonly evaluations: AsyncGenerator<ReplayedRule>;
  readonly times: readonly bigint[];
}

/** Replays one group against the logs of a server. */
export async function replayOnServer(group: RuleGroup, options: ReplayFileOptions): Promise<ReplayedGroup> {
  const { client, tenant, startNs, endNs } = options;
  const stepMs = group.intervalMs ?? options.intervalMs;
  const times = replayTimes(startNs, endNs, stepMs);
  const past = new PastSamples(client);
  const work = new Map<Rule, ReadWork | null>();
  for (const rule of group.rules) work.set(rule, await prepare(past, rule, group, times, stepMs));
  const expand = templateExpander({ query: past.query, externalLabels: {}, externalUrl: '' });
  return { group, work, times, evaluations: replayGroup({ tenant, group, times, query: past.query, expand }) };
}

/** A refused range query is no end: each evaluation then says itself what is wrong. */
async function prepare(
  past: PastSamples,
  { expr }: Rule,
  { queryOffsetMs }: RuleGroup,
  times: readonly bigint[],
  stepMs: number,
): Promise<ReadWork | null> {
  const offsetMs = queryOffsetMs ?? 0;
  if (times.length === 0 || offsetMs % stepMs !== 0) return null;
  const moved = offsetMs === 0 ? times : times.map((timeNs) => timeNs - msToNs(offsetMs));
  try {
    return await past.prepare(expr, moved, stepMs);
  } catch (error) {
    process.stderr.write(`${expr}: ${messageOf(error)}\n`);
    return null;
  }
}
