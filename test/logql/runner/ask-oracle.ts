import type { LogResult, MetricResult } from '../../../exec/result/query-result.ts';
import { stepCount, type StepGrid } from '../../../planner/ir/metric.ts';
import { alignToStep } from '../../../planner/logical/align.ts';
import { NS_PER_SECOND } from '../../../src/common/time.ts';
import { evaluateQuery } from '../../oracle/evaluate.ts';
import type { OracleMetricResult } from '../../oracle/metric-query.ts';
import type { OracleStream } from '../../oracle/oracle-data.ts';
import type { Block } from './script.ts';

/** `split_queries_by_interval`, unless it is set. */
const SPLIT_NS = 3_600n * NS_PER_SECOND;

/** What the oracle makes of a block, in the shape of an engine's answer. Throws what the query fails with. */
export function askOracle(block: Block): Omit<LogResult, 'statistics'> | Omit<MetricResult, 'statistics'> {
  const { params, query } = block;
  const options = { alignSteps: true, shardedAverages: true };
  const result = evaluateQuery(query, streamsOf(block), { ...params, splitNs: SPLIT_NS }, options);
  if (result.kind === 'Rows') {
    return { kind: 'LogResult', direction: params.direction, rows: result.rows, warnings: [] };
  }
  const grid = params.instant ? { ...params, stepNs: 0n } : alignToStep(params);
  return metricResult(result, { startNs: grid.startNs, endNs: grid.endNs, stepNs: grid.stepNs });
}

function streamsOf({ entries }: Block): OracleStream[] {
  const byStream = Map.groupBy(entries, ({ labels }) => JSON.stringify(Object.entries(labels).sort()));
  return [...byStream.values()].map((stream) => ({
    labels: stream[0].labels,
    entries: stream.map(({ timestamp, line, level, metadata }) => ({
      timestampNs: timestamp,
      line,
      metadata: { ...metadata, ...(level === undefined ? {} : { detected_level: level }) },
    })),
  }));
}

function metricResult({ type, series }: OracleMetricResult, grid: StepGrid): Omit<MetricResult, 'statistics'> {
  const steps = stepCount(grid);
  const stepAt = (timestampNs: bigint): number =>
    grid.stepNs === 0n ? 0 : Number((timestampNs - grid.startNs) / grid.stepNs);
  return {
    kind: 'MetricResult',
    grid,
    type,
    series: series.map(({ labels, points }) => {
      const values = new Float64Array(steps);
      const present = new Uint8Array(steps);
      for (const [timestampNs, value] of points) {
        values[stepAt(timestampNs)] = value;
        present[stepAt(timestampNs)] = 1;
      }
      return { labels, values, present };
    }),
    warnings: [],
  };
}
