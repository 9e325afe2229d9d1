import { xxh64 } from '@node-rs/xxhash';
import { floorDiv } from '../../../common/time.ts';

/** What identifies a group among all that run. */
export interface GroupId {
  readonly tenant: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * Where in its interval a group is evaluated: spread by a hash of its name, as in Prometheus, so that groups of one
 * interval do not all run at once, and so that a restart evaluates at the same times as before.
 */
export function groupOffsetNs({ tenant, namespace, name }: GroupId, intervalNs: bigint): bigint {
  return xxh64([tenant, namespace, name].join('\xff')) % intervalNs;
}

/** The first time of evaluation at or after `fromNs`: times are `offsetNs` modulo the interval. */
export function nextEvaluationNs(fromNs: bigint, intervalNs: bigint, offsetNs: bigint): bigint {
  const periods = -floorDiv(offsetNs - fromNs, intervalNs);
  return offsetNs + periods * intervalNs;
}

/** The time to evaluate after `lastNs`, and how many times passed without an evaluation because that one took long. */
export function followingEvaluation(
  lastNs: bigint,
  nowNs: bigint,
  intervalNs: bigint,
): { readonly timeNs: bigint; readonly missed: number } {
  const periods = floorDiv(nowNs - lastNs, intervalNs);
  // One that is late is evaluated late; those before it are missed.
  if (periods >= 1n) return { timeNs: lastNs + periods * intervalNs, missed: Number(periods - 1n) };
  // A clock that was set back must not stop the group until it is there again.
  if (periods < -1n) return { timeNs: lastNs + (periods + 1n) * intervalNs, missed: 0 };
  return { timeNs: lastNs + intervalNs, missed: 0 };
}
