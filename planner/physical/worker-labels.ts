import { Labels } from '../../src/common/labels.ts';
import type { LabelHint } from '../ir/stage.ts';
import { withOrigins } from '../logical/stage-traits.ts';
import type { ExchangeSink } from './plan.ts';

/**
 * The labels of a fragment's streams as far as its workers can see them: of an aggregation over rows that no stage has
 * touched, those that its groups have. So a sum over 20,000 streams sends no label at all. Of rows that keep the labels of
 * their streams, the names: which metadata they hide (fact 122).
 */
export function labelsForWorkers(root: ExchangeSink, streams: readonly Labels[]): readonly Labels[] {
  if (keepsStreamLabels(root)) return withoutValues(streams);
  const names = namesRead(root);
  return names === 'all' ? streams : streams.map((labels) => labels.pick(names));
}

/**
 * Whether all rows leave the workers with the labels of their streams: no stage but line filters has seen them. The
 * coordinator knows those labels by stream.
 */
export function keepsStreamLabels({ input }: ExchangeSink): boolean {
  if (input.kind !== 'TopK' || input.input.kind !== 'ChunkScan') return false;
  return input.input.predicates.every(({ kind }) => kind === 'LineFilter');
}

/** By list of streams, which the catalog keeps where a query asks for many again. */
const known = new WeakMap<readonly Labels[], readonly Labels[]>();

function withoutValues(streams: readonly Labels[]): readonly Labels[] {
  const names = known.get(streams) ?? namesOf(streams);
  known.set(streams, names);
  return names;
}

/** Sets with the same names are one object. */
function namesOf(streams: readonly Labels[]): Labels[] {
  const byNames = new Map<string, Labels>();
  let last = Labels.empty;
  return streams.map((labels) => {
    if (labels.hasSameNames(last)) return last;
    const names = labels.pairs.map(([name]) => name);
    const key = JSON.stringify(names);
    last = byNames.get(key) ?? Labels.fromSorted(names.map((name) => [name, '']));
    byNames.set(key, last);
    return last;
  });
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
