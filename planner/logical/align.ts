import { floorDiv } from '../../src/common/time.ts';
import type { QueryParams } from './query-params.ts';

/**
 * A metric range query with its steps moved as Loki's frontend does (spec fact 10): start down and end up to multiples of
 * step since the epoch, so that the last point may lie after the requested end. Log and instant queries are never moved
 * (fact 11). `stepNs` is positive.
 */
export function alignToStep(params: QueryParams): QueryParams {
  const { startNs, endNs, stepNs } = params;
  return { ...params, startNs: floorDiv(startNs, stepNs) * stepNs, endNs: -floorDiv(-endNs, stepNs) * stepNs };
}
