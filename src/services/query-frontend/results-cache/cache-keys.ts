import { createHash } from 'node:crypto';
import { print } from '../../../../grammar/print.ts';
import type { QueryParams } from '../../../../planner/logical/query-params.ts';
import type { PreparedQuery } from '../../querier/prepared-query.ts';
import type { StepRange } from './step-ranges.ts';

/** Change it with whatever changes the meaning of an entry. */
const PREFIX = 'skald:results:v1';

/** Steps of one entry: fewer would be too many keys for a long range, more too much to decode for a short one. */
const WINDOW_STEPS_MIN = 128n;
const WINDOW_STEPS_MAX = 512n;

export interface KeyedWindow {
  readonly key: string;
  readonly window: StepRange;
}

/**
 * The entries that hold a range of steps. Each is one window, counted from the epoch, so that queries of any range meet in
 * the same entries: as many steps as the split interval has, or a multiple, within bounds. `splitNs` is positive.
 */
export function cacheKeys({ request, expr }: PreparedQuery, params: QueryParams, range: StepRange): KeyedWindow[] {
  const { stepNs, splitNs = 0n } = params;
  const question = JSON.stringify([request.tenant, print(expr), String(stepNs), String(splitNs)]);
  const hash = createHash('sha256').update(question).digest('base64url');
  const size = windowSteps(stepNs, splitNs);
  const keyed: KeyedWindow[] = [];
  for (let n = Math.floor(range.first / size); n * size <= range.last; n++) {
    keyed.push({ key: `${PREFIX}:${hash}:${n}`, window: { first: n * size, last: n * size + size - 1 } });
  }
  return keyed;
}

function windowSteps(stepNs: bigint, splitNs: bigint): number {
  const perSplit = (splitNs + stepNs - 1n) / stepNs;
  if (perSplit >= WINDOW_STEPS_MAX) return Number(WINDOW_STEPS_MAX);
  return Number(perSplit * ((WINDOW_STEPS_MIN + perSplit - 1n) / perSplit));
}
