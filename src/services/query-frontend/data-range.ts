import type { TimeRange } from '../../common/time.ts';
import type { Expr } from '../../../grammar/ast.ts';
import { logRangesOf } from '../../../grammar/visit.ts';
import type { QueryParams } from '../../../planner/logical/query-params.ts';

/** How far from a step the entries lie that its value depends on: those of `(t - backNs, t - aheadNs]`. */
export interface Reach {
  readonly backNs: bigint;
  readonly aheadNs: bigint;
}

/** Of a metric query; null when it reads nothing. */
export function reachOf(expr: Expr): Reach | null {
  const ranges = logRangesOf(expr);
  const [first, ...others] = ranges;
  if (first === undefined) return null;
  let backNs = first.offsetNs + first.intervalNs;
  let aheadNs = first.offsetNs;
  for (const { offsetNs, intervalNs } of others) {
    if (offsetNs + intervalNs > backNs) backNs = offsetNs + intervalNs;
    if (offsetNs < aheadNs) aheadNs = offsetNs;
  }
  return { backNs, aheadNs };
}

/** The times of the entries that an answer depends on; empty when it depends on none. */
export function dataRangeOf(expr: Expr, { startNs, endNs }: QueryParams): TimeRange {
  if (expr.kind === 'LogExpr') return { start: startNs, end: startNs === endNs ? startNs + 1n : endNs };
  const reach = reachOf(expr);
  if (reach === null) return { start: startNs, end: startNs };
  return { start: startNs - reach.backNs + 1n, end: endNs - reach.aheadNs + 1n };
}
