import type { QueryResult } from '../../exec/result/query-result.ts';
import { walk, type AnyNode } from '../../grammar/visit.ts';
import { messageOf, SkaldError } from '../../src/common/errors.ts';
import { compareUtf8 } from '../../src/common/utf8.ts';
import { evaluateExpr, type OracleResult } from '../oracle/evaluate.ts';
import type { OracleStream } from '../oracle/oracle-data.ts';
import type { FuzzQuery } from './fuzz-query.ts';
import type { FuzzStore, RunOptions } from './fuzz-store.ts';
import { parsed } from './parsed.ts';

/** What a query came to, in a form in which engine and oracle can be compared. */
export type Answer =
  | { readonly kind: 'Error'; readonly message: string }
  /** One text per row, in the order of the answer. */
  | { readonly kind: 'Rows'; readonly rows: readonly string[] }
  | { readonly kind: 'Series'; readonly type: 'scalar' | 'vector'; readonly series: readonly AnswerSeries[] };

export interface AnswerSeries {
  readonly key: string;
  readonly points: readonly (readonly [timestampNs: bigint, value: number])[];
}

export async function engineAnswer(store: FuzzStore, query: FuzzQuery, options?: RunOptions): Promise<Answer> {
  try {
    return withDefinedOrder(query, ofEngine(await store.run(query, options)));
  } catch (error) {
    return errorAnswer(error);
  }
}

export function oracleAnswer(data: readonly OracleStream[], query: FuzzQuery): Answer {
  try {
    return withDefinedOrder(query, ofOracle(evaluateExpr(parsed(query), data, query.params)));
  } catch (error) {
    return errorAnswer(error);
  }
}

/** A sort that is not outermost leaves the series in an order that nobody defines (fact 63). */
function withDefinedOrder(query: FuzzQuery, answer: Answer): Answer {
  if (answer.kind !== 'Series') return answer;
  const expr = parsed(query);
  const isSort = (node: AnyNode): boolean => node.kind === 'VectorAggregation' && node.op.startsWith('sort');
  let sorts = false;
  walk(expr, (node) => (sorts ||= isSort(node)));
  if (!sorts || isSort(expr)) return answer;
  return { ...answer, series: answer.series.toSorted((a, b) => compareUtf8(a.key, b.key)) };
}

/** Errors that a user can cause are answers; any other is a bug and stays one. */
function errorAnswer(error: unknown): Answer {
  if (error instanceof SkaldError && error.code !== 'internal') return { kind: 'Error', message: messageOf(error) };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'Error', message: `BUG ${text}` };
}

function rowText({
  timestampNs,
  line,
  stream,
  metadata,
  parsed,
}: {
  timestampNs: bigint;
  line: string;
  stream: readonly (readonly [string, string])[];
  metadata: readonly (readonly [string, string])[];
  parsed: readonly (readonly [string, string])[];
}): string {
  return JSON.stringify([String(timestampNs), line, stream, metadata, parsed]);
}

function ofOracle(result: OracleResult): Answer {
  if (result.kind === 'Rows') return { kind: 'Rows', rows: result.rows.map(rowText) };
  const series = result.series.map(({ labels, points }) => ({ key: labels.key, points }));
  return { kind: 'Series', type: result.type, series };
}

function ofEngine(result: QueryResult): Answer {
  if (result.kind === 'LogResult') return { kind: 'Rows', rows: result.rows.map(rowText) };
  const { startNs, stepNs } = result.grid;
  const series = result.series.map(({ labels, values, present }) => ({
    key: labels.key,
    points: [...values].flatMap((value, i) =>
      present[i] === 1 ? [[startNs + BigInt(i) * stepNs, value] as const] : [],
    ),
  }));
  return { kind: 'Series', type: result.type, series };
}
