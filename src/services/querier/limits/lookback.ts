import { msToNs, type TimeRange } from '../../../common/time.ts';
import type { Limits } from '../../../config/limits.ts';
import type { QueryParams } from '../../../../planner/logical/query-params.ts';

/** The oldest time that a tenant may ask for (max_query_lookback), or null for any. */
export function oldestAllowed({ max_query_lookback: lookbackMs }: Limits, nowNs: bigint): bigint | null {
  return lookbackMs === 0 ? null : nowNs - msToNs(lookbackMs);
}

/** The parameters with a start that is allowed; null when the whole query is too old, and its answer empty. */
export function clampParams(params: QueryParams, oldest: bigint | null): QueryParams | null {
  if (oldest === null || params.startNs >= oldest) return params;
  return params.endNs < oldest ? null : { ...params, startNs: oldest };
}

/** The part of a range that is allowed. It may be empty, never reversed. */
export function clampRange({ start, end }: TimeRange, oldest: bigint | null): TimeRange {
  if (oldest === null || start >= oldest) return { start, end };
  return { start: oldest < end ? oldest : end, end };
}
