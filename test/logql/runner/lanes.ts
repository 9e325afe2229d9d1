import { QueryEngine } from '../../../exec/engine.ts';
import { DEFAULT_RULES } from '../../../planner/rules/default-rules.ts';
import { nodeRuntime } from '../../../src/common/node-runtime.ts';
import { openObjectStore } from '../../../storage/objectstore/object-store-config.ts';
import { CodecEngine } from './codec-engine.ts';
import { type DataSets, type State, STATES } from './data-sets.ts';

/** One way to get an answer; all ways must give the same. */
export interface Lane {
  readonly name: string;
  readonly state: State;
  readonly engine: QueryEngine;
  /** Optimizer rules that do not run. */
  readonly disabledRules: readonly string[];
}

const RULES = DEFAULT_RULES.map(({ name }) => name);
const BATCH_ROWS = [1, 2, 1024];
const THREADS = [1, 2];
/** The state of lanes that are not about storage: the one in which chunks and head are read together. */
const MIXED: State = 'half';

/** All lanes, and what closes their engines. The first lane is the one that expectations are written from. */
export async function openLanes(data: DataSets): Promise<{ readonly lanes: Lane[]; close(): Promise<void> }> {
  const { clock } = nodeRuntime;
  const unitSource = { store: openObjectStore(data.objectStore, nodeRuntime), headBlocks: new Map(), clock };
  const local = new QueryEngine({ workers: 0, unitSource, clock });
  const lane = (name: string, state: State, engine = local, disabledRules: readonly string[] = []): Lane => ({
    name,
    state,
    engine,
    disabledRules,
  });
  const threads = THREADS.map((workers) => {
    const engine = new QueryEngine({ workers, unitSourceConfig: { objectStore: data.objectStore }, clock });
    return lane(`threads-${workers}`, MIXED, engine);
  });
  await Promise.all(threads.map(({ engine }) => engine.start()));
  const lanes = [
    ...STATES.map((state) => lane(state, state)),
    ...BATCH_ROWS.map((batchRows) => {
      return lane(`batch-${batchRows}`, MIXED, new QueryEngine({ workers: 0, unitSource, clock, batchRows }));
    }),
    lane('rules-none', MIXED, local, RULES),
    // Alone, a rule meets plans that no other has prepared; the states take turns.
    ...RULES.map((rule, i) => lane(`rule-${rule}`, STATES[i % STATES.length], local, without(rule))),
    lane('codec', MIXED, new CodecEngine({ workers: 0, unitSource, clock })),
    ...threads,
  ];
  return {
    lanes,
    close: async () => {
      await Promise.all(lanes.map(({ engine }) => engine.close()));
    },
  };
}

function without(rule: string): string[] {
  return RULES.filter((name) => name !== rule);
}
