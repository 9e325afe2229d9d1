import { type ExchangeSink, type Pipe, SORT_ALL, type TopK } from '../../planner/physical/plan.ts';

/**
 * The TopK of a fragment, and the pipeline stages between it and the sink, topmost first. Such stages neither drop nor
 * add rows. Null: the fragment has no TopK there.
 */
export function topmostTopK(root: ExchangeSink): { readonly topK: TopK | null; readonly pipes: readonly Pipe[] } {
  const pipes: Pipe[] = [];
  let node = root.input;
  for (; node.kind === 'Pipe'; node = node.input) pipes.push(node);
  return node.kind === 'TopK' ? { topK: node, pipes } : { topK: null, pipes };
}

/** The TopK that bounds what a fragment reads: rows that it does not keep are of no use to anybody. */
export function boundingTopK(root: ExchangeSink): TopK | null {
  const { topK } = topmostTopK(root);
  return topK === null || topK.limit === SORT_ALL ? null : topK;
}
