import { SkaldError } from '../../common/errors.ts';
import { Labels } from '../../common/labels.ts';
import type { QueryResult } from '../../../exec/result/query-result.ts';
import { parseQuery } from '../../../grammar/parse.ts';
import type { QueryRequest } from '../querier/query-request.ts';
import type { RuleQuery, RuleSample } from './evaluate/rule-query.ts';

/** Runs queries in this process, within the limits of their tenant. */
export type RunQuery = (request: QueryRequest) => Promise<{ readonly result: QueryResult }>;

/**
 * Rules are many small queries, side by side already: sharing one of them among workers costs more than it gains. Lines of
 * this size take one worker about a tenth of a second.
 */
const BYTES_PER_WORKER = 64 << 20;

/** Queries of rules, run as instant queries by the engine that answers everybody's. `tags` name the rule in the query log. */
export function ruleQueries(run: RunQuery, signal: AbortSignal): RuleQuery {
  return async (expr, timeNs, tenant) => {
    if (parseQuery(expr).kind === 'LogExpr') throw notAVector();
    const { result } = await run({
      tenant,
      query: expr,
      params: {
        startNs: timeNs,
        endNs: timeNs,
        stepNs: 1n,
        limit: 0,
        direction: 'backward',
        intervalNs: 0n,
        instant: true,
      },
      signal,
      bytesPerWorker: BYTES_PER_WORKER,
      tags: 'source=ruler',
    });
    if (result.kind !== 'MetricResult') throw notAVector();
    const samples: RuleSample[] = [];
    for (const { labels, values, present } of result.series) {
      if (present[0] === 1)
        samples.push({ labels: result.type === 'scalar' ? Labels.empty : labels, value: values[0] });
    }
    return samples;
  };
}

function notAVector(): SkaldError {
  return new SkaldError('bad_request', 'rule result is not a vector or scalar');
}
