import { Labels } from '../../src/common/labels.ts';

/**
 * Position of each label set in their order. What ties would otherwise leave to chance (which worker was first) follows
 * it; equal sets keep the order in which they are given.
 */
export function labelRanks(labels: readonly Labels[]): Uint32Array {
  const order = Array.from(labels, (_, i) => i).sort((a, b) => Labels.compare(labels[a], labels[b]) || a - b);
  const ranks = new Uint32Array(labels.length);
  for (const [rank, i] of order.entries()) ranks[i] = rank;
  return ranks;
}
