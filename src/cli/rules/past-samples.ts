import { Labels } from '../../common/labels.ts';
import type { RuleQuery, RuleSample } from '../../services/ruler/evaluate/rule-query.ts';
import type { Client } from '../client.ts';
import { askMetric, httpRuleQuery, notAVector, parseValue, type MetricAnswer } from './http-rule-query.ts';

/** Steps of one request: a server takes 11,000 at most. */
const STEPS_MAX = 10_000;

/** What one query read, at all of its times. */
export interface ReadWork {
  queries: number;
  bytes: number;
  lines: number;
}

/**
 * Answers the queries of rules at many times that are known beforehand, with one range query for thousands of them. What
 * was not prepared is asked by itself.
 */
export class PastSamples {
  readonly #client: Client;
  readonly #instant: RuleQuery;
  readonly #work = new Map<string, ReadWork>();
  /** By query, then by time in milliseconds. */
  readonly #prepared = new Map<string, ReadonlyMap<number, readonly RuleSample[]>>();

  constructor(client: Client) {
    this.#client = client;
    this.#instant = httpRuleQuery(client, (expr, answer) => addWork(this.workOf(expr), answer));
  }

  /** What a query has read so far: it goes on counting. */
  workOf(expr: string): ReadWork {
    const known = this.#work.get(expr) ?? { queries: 0, bytes: 0, lines: 0 };
    this.#work.set(expr, known);
    return known;
  }

  readonly query: RuleQuery = async (expr, timeNs, tenant) => {
    const prepared = this.#prepared.get(expr)?.get(Number(timeNs / 1_000_000n));
    return prepared ?? (await this.#instant(expr, timeNs, tenant));
  };

  /** `times` are multiples of the step, one after another. Throws what the server refuses. */
  async prepare(expr: string, times: readonly bigint[], stepMs: number): Promise<void> {
    if (this.#prepared.has(expr)) return;
    const found = new Map<number, RuleSample[]>(times.map((timeNs) => [Number(timeNs / 1_000_000n), []]));
    for (let i = 0; i < times.length; i += STEPS_MAX) {
      const part = times.slice(i, i + STEPS_MAX);
      await this.#ask({ expr, startNs: part[0] ?? 0n, endNs: part.at(-1) ?? 0n, stepMs, found });
    }
    this.#prepared.set(expr, found);
  }

  async #ask({ expr, startNs, endNs, stepMs, found }: RangeRequest): Promise<void> {
    const params = { query: expr, start: String(startNs), end: String(endNs), step: `${stepMs}ms` };
    const answer = await askMetric(this.#client, 'query_range', params);
    if (answer.resultType !== 'matrix') throw notAVector();
    addWork(this.workOf(expr), answer);
    for (const { metric, values } of answer.result) {
      const labels = Labels.fromRecord(metric);
      for (const [seconds, value] of values) {
        found.get(Math.round(seconds * 1000))?.push({ labels, value: parseValue(value) });
      }
    }
  }
}

interface RangeRequest {
  readonly expr: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly stepMs: number;
  readonly found: ReadonlyMap<number, RuleSample[]>;
}

function addWork(work: ReadWork, { stats }: MetricAnswer): void {
  work.queries++;
  work.bytes += stats?.summary?.totalBytesProcessed ?? 0;
  work.lines += stats?.summary?.totalLinesProcessed ?? 0;
}
