import { NO_STATISTICS } from '../../../exec/result/query-statistics.ts';
import type { VolumeSeries } from '../../services/querier/volume.ts';
import { jsonLabels } from './json-text.ts';
import { seconds } from './metric-result.ts';
import { encodeStats } from './stats.ts';

/** Volumes as Prometheus data (features section 1.2): a vector when no series has more than one point, else a matrix. */
export function encodeVolumes(series: readonly VolumeSeries[]): string {
  const isVector = series.every(({ points }) => points.length <= 1);
  const result = series.map(({ labels, points }) => {
    const values = points.map(({ timestampNs, bytes }) => `[${seconds(timestampNs)},"${bytes}"]`);
    const samples = isVector ? `"value":${values.join('')}` : `"values":[${values.join(',')}]`;
    return `{"metric":${jsonLabels(labels.pairs)},${samples}}`;
  });
  // Volumes come from indexes: no entry is read for them.
  const stats = JSON.stringify(encodeStats({ ...NO_STATISTICS, entriesReturned: series.length }));
  const data = `"resultType":"${isVector ? 'vector' : 'matrix'}","result":[${result.join(',')}],"stats":${stats}`;
  return `{"status":"success","data":{${data}}}\n`;
}
