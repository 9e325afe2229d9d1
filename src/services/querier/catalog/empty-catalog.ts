import type { Catalog } from '../../../../planner/physical/catalog.ts';

const NOTHING = { chunksTotal: 0, chunksMatched: 0, rowGroupsTotal: 0, rowGroupsMatched: 0, headRows: 0, lookupMs: 0 };

/** For queries that may not see anything. */
export const EMPTY_CATALOG: Catalog = {
  find: () => Promise.resolve({ streams: [], units: [], statistics: NOTHING }),
};
