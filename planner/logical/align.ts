import { floorDiv } from '../../src/common/time.ts';

/**
 * The steps of a metric range query as Loki's frontend moves them (spec fact 10): start down and end up to multiples of
 * step since the epoch, so that the last point may lie after the requested end. Log and instant queries are never moved
 * (fact 11). `stepNs` is positive.
 */
export function alignToStep(startNs: bigint, endNs: bigint, stepNs: bigint): { startNs: bigint; endNs: bigint } {
  return { startNs: floorDiv(startNs, stepNs) * stepNs, endNs: -floorDiv(-endNs, stepNs) * stepNs };
}
