import type { Labels } from '../../src/common/labels.ts';
import type { LabelHint } from '../ir/stage.ts';
import { withOrigins } from '../logical/stage-traits.ts';
import type { ExchangeSink } from './plan.ts';

/**
 * The labels of a fragment's streams as far as its workers can see them: of an aggregation over rows that no stage has
 * touched, those that its groups have. So a sum over 20,000 streams sends no label at all.
 */
export function labelsForWorkers(root: ExchangeSink, streams: readonly Labels[]): readonly Labels[] {
  const names = namesRead(root);
  return names === 'all' ? streams : streams.map((labels) => labels.pick(names));
}

/** The stream labels that workers look at. */
export function namesRead({ input }: ExchangeSink): LabelHint {
  if (input.kind !== 'RangeAggregate' || input.input.kind !== 'ChunkScan' || input.unwrap !== null) return 'all';
  const { predicates, projection } = input.input;
  if (projection.metadata === 'all' || predicates.some(({ kind }) => kind !== 'LineFilter')) return 'all';
  const { op, grouping } = input;
  if (op === 'absent_over_time') return withOrigins(projection.metadata);
  if (grouping === null || grouping.without) return 'all';
  // A stream label hides metadata of its name (spec fact 122).
  return withOrigins([...grouping.names, ...projection.metadata]);
}
