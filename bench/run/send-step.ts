import { END_S, START_S } from '../dataset/timeline.ts';
import type { Step } from '../queries/query.ts';
import type { Answered, HttpClient } from './http-client.ts';

const ns = (seconds: number): string => `${seconds}000000000`;

export async function sendStep(client: HttpClient, step: Step): Promise<Answered> {
  const { path, params } = requestOf(step);
  const answered = await client.get(path, params);
  if (answered.status !== 200) {
    throw new Error(`${path} ${JSON.stringify(params)}: ${answered.status} ${answered.body.toString().slice(0, 500)}`);
  }
  return answered;
}

/** What EXPLAIN says after running the step; null for requests that have no plan. */
export async function explainStep(client: HttpClient, step: Step): Promise<ExplainedRun | null> {
  if (step.kind === 'Metadata') return null;
  const params = { ...requestOf(step).params, analyze: 'true' };
  const { status, body } = await client.get('/skald/api/v1/explain', params);
  if (status !== 200) throw new Error(`Cannot explain ${step.query}: ${status} ${body.toString().slice(0, 500)}`);
  return (JSON.parse(body.toString()) as { analysis: ExplainedRun }).analysis;
}

/** Part of EXPLAIN's `analysis`. */
export interface ExplainedRun {
  readonly pagesRead: number;
  readonly pageBytesStored: number;
  readonly pageBytesRaw: number;
  readonly linesProcessed: number;
  readonly unitsRead: number;
  readonly unitsTotal: number;
}

export function requestOf(step: Step): { path: string; params: Record<string, string> } {
  const between = { start: ns(START_S), end: ns(END_S) };
  switch (step.kind) {
    case 'Range':
      return {
        path: '/loki/api/v1/query_range',
        params: { query: step.query, ...between, step: String(step.stepS) },
      };
    case 'Instant':
      return { path: '/loki/api/v1/query', params: { query: step.query, time: ns(END_S) } };
    case 'Log':
      return {
        path: '/loki/api/v1/query_range',
        params: { query: step.query, ...between, limit: String(step.limit), direction: 'backward' },
      };
    case 'Metadata':
      return { path: step.path, params: step.matcher === null ? between : { ...between, 'match[]': step.matcher } };
  }
}
