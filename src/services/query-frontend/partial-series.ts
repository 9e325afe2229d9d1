import type { QueryResult } from '../../../exec/result/query-result.ts';
import type { PreparedQuery } from '../querier/prepared-query.ts';
import type { QueryRequest } from '../querier/query-request.ts';
import { parseTags } from '../querier/query-tags.ts';

/** The `Source` of queries of Grafana's Drilldown, which takes what fits where others get an error (spec fact 210). */
const DRILLDOWN = 'grafana-lokiexplore-app';

export function takesPartialAnswers({ tags = '' }: QueryRequest): boolean {
  return parseTags(tags)['source']?.toLowerCase() === DRILLDOWN;
}

/** A query that may find any number of series: `firstSeries` keeps those that its limit allows. */
export function withoutSeriesLimit(prepared: PreparedQuery): PreparedQuery {
  return { ...prepared, limits: { ...prepared.limits, max_query_series: 0 } };
}

/** The first `count` series of an answer that has more, with Loki's warning; 0 is all. */
export function firstSeries(result: QueryResult, count: number): QueryResult {
  if (result.kind !== 'MetricResult' || count === 0 || result.series.length <= count) return result;
  const warning = `maximum number of series (${count}) reached for a single query; returning partial results`;
  return { ...result, series: result.series.slice(0, count), warnings: [...result.warnings, warning] };
}
