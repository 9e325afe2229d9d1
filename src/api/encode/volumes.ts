import type { QueryStatistics } from '../../../exec/result/query-statistics.ts';
import type { VolumeSeries } from '../../services/querier/volume.ts';
import { jsonLabels } from './json-text.ts';
import { seconds } from './metric-result.ts';
import { encodeStats } from './stats.ts';

/** Volumes come from indexes: no entry is read for them. */
const NOTHING_READ: QueryStatistics = {
  execMs: 0,
  queueMs: 0,
  planMs: 0,
  linesProcessed: 0,
  bytesProcessed: 0,
  metadataBytesProcessed: 0,
  linesPostFilter: 0,
  entriesReturned: 0,
  headLines: 0,
  headBytes: 0,
  pagesRead: 0,
  pageBytesStored: 0,
  pageBytesRaw: 0,
  chunksMatched: 0,
  streamsMatched: 0,
  unitsTotal: 0,
  unitsRead: 0,
  lookupMs: 0,
  operators: new Map(),
  workers: [],
};

/** Volumes as Prometheus data (features section 1.2): a vector when no series has more than one point, else a matrix. */
export function encodeVolumes(series: readonly VolumeSeries[]): string {
  const isVector = series.every(({ points }) => points.length <= 1);
  const result = series.map(({ labels, points }) => {
    const values = points.map(({ timestampNs, bytes }) => `[${seconds(timestampNs)},"${bytes}"]`);
    const samples = isVector ? `"value":${values.join('')}` : `"values":[${values.join(',')}]`;
    return `{"metric":${jsonLabels(labels.pairs)},${samples}}`;
  });
  const stats = JSON.stringify(encodeStats({ ...NOTHING_READ, entriesReturned: series.length }));
  const data = `"resultType":"${isVector ? 'vector' : 'matrix'}","result":[${result.join(',')}],"stats":${stats}`;
  return `{"status":"success","data":{${data}}}\n`;
}
