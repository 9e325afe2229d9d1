import { SkaldError } from '../../common/errors.ts';
import { Labels } from '../../common/labels.ts';
import type { RuleQuery, RuleSample } from '../../services/ruler/evaluate/rule-query.ts';
import type { Client } from '../client.ts';

type Point = readonly [seconds: number, value: string];

/** What a server answers to a metric query, with what it read for it. */
export type MetricAnswer = (
  | { readonly resultType: 'scalar'; readonly result: Point }
  | { readonly resultType: 'vector'; readonly result: readonly { readonly metric: Metric; readonly value: Point }[] }
  | {
      readonly resultType: 'matrix';
      readonly result: readonly { readonly metric: Metric; readonly values: readonly Point[] }[];
    }
  | { readonly resultType: 'streams' }
) & {
  readonly stats?: {
    readonly summary?: { readonly totalBytesProcessed?: number; readonly totalLinesProcessed?: number };
  };
};

type Metric = Readonly<Record<string, string>>;

/** Asks a server. Throws what the client throws. */
export async function askMetric(client: Client, path: string, params: Record<string, string>): Promise<MetricAnswer> {
  const text = await client.get(`/loki/api/v1/${path}`, Object.entries(params));
  return (JSON.parse(text) as { data: MetricAnswer }).data;
}

/** Queries of rules as instant queries over HTTP. The client knows the tenant. `onAnswer` is told of each. */
export function httpRuleQuery(
  client: Client,
  onAnswer: (expr: string, answer: MetricAnswer) => void = () => undefined,
): RuleQuery {
  return async (expr, timeNs) => {
    const answer = await askMetric(client, 'query', { query: expr, time: String(timeNs) });
    onAnswer(expr, answer);
    if (answer.resultType === 'scalar') return [{ labels: Labels.empty, value: parseValue(answer.result[1]) }];
    if (answer.resultType !== 'vector') throw notAVector();
    return answer.result.map(({ metric, value }): RuleSample => {
      return { labels: Labels.fromRecord(metric), value: parseValue(value[1]) };
    });
  };
}

export function notAVector(): SkaldError {
  return new SkaldError('bad_request', 'rule result is not a vector or scalar');
}

/** A sample value as JSON answers write it. */
export function parseValue(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}
