import type { Catalog } from '../../../../planner/physical/catalog.ts';
import type { MetadataCatalog } from './log-catalog.ts';

const NOTHING = { chunksTotal: 0, chunksMatched: 0, rowGroupsTotal: 0, rowGroupsMatched: 0, headRows: 0, lookupMs: 0 };

/** For requests that may not see anything. */
export const EMPTY_CATALOG: Catalog & MetadataCatalog = {
  find: () => Promise.resolve({ streams: [], units: [], statistics: NOTHING }),
  series: () => Promise.resolve([]),
  labelNames: () => Promise.resolve([]),
  labelValues: () => Promise.resolve([]),
  streamStatistics: () => Promise.resolve([]),
  streamVolumes: () => Promise.resolve([]),
  stats: () => Promise.resolve({ streams: 0, chunks: 0, bytes: 0, entries: 0 }),
};
