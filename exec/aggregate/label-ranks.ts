import type { Labels } from '../../src/common/labels.ts';
import { labelOrder } from './label-order.ts';

/**
 * Position of each label set in their order. What ties would otherwise leave to chance (which worker was first) follows
 * it; equal sets keep the order in which they are given.
 */
export function labelRanks(labels: readonly Labels[]): Uint32Array {
  const order = labelOrder(labels);
  const ranks = new Uint32Array(labels.length);
  for (const [rank, i] of order.entries()) ranks[i] = rank;
  return ranks;
}
