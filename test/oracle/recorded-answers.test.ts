import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import { parseInstantQuery, parseRangeQuery } from '../../src/api/params.ts';
import { messageOf } from '../../src/common/errors.ts';
import { NS_PER_MS, NS_PER_SECOND } from '../../src/common/time.ts';
import { hasShared, sharedDirectory } from '../support/shared-material.ts';
import { evaluateQuery, type OracleResult } from './evaluate.ts';
import type { OracleParams } from './oracle-data.ts';
import { storedStreams, type PushedStream } from './recorded-data.ts';

interface RecordedCase {
  readonly id: string;
  readonly kind: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly expect: { readonly status: number; readonly body: unknown };
}

interface RecordedResult {
  readonly stream?: Record<string, string>;
  readonly metric?: Record<string, string>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number | string, string])[];
}

const read = (name: string): unknown => JSON.parse(readFileSync(`${sharedDirectory}/conformance/${name}`, 'utf8'));

/** An instant query for lines, which the language has and the frontend refuses. */
const REFUSED_BY_FRONTEND = ['instant/6'];

/** The settings under which the answers were recorded. */
const SPLIT_NS = 3_600n * NS_PER_SECOND;

function paramsOf({ path, params }: RecordedCase): OracleParams {
  const form = new URLSearchParams(params);
  const parsed = path.endsWith('/query_range') ? parseRangeQuery(form, 0n) : parseInstantQuery(form, 0n);
  return { ...parsed, splitNs: SPLIT_NS };
}

/** An answer by label set: the times of its points and what they say, in order. */
type Answer = Record<string, readonly (readonly [time: string, text: string])[]>;

function answerOf(result: OracleResult): Answer {
  if (result.kind === 'Series') {
    return byKey(
      result.series.map(({ labels, points }) => ({
        key: labels.key,
        points: points.map(([timestampNs, value]) => [String(timestampNs / NS_PER_MS), String(value)] as const),
      })),
    );
  }
  const byStream = Map.groupBy(
    result.rows,
    ({ stream, metadata, parsed }) => Labels.from([...stream, ...metadata, ...parsed]).key,
  );
  return Object.fromEntries(
    [...byStream].map(([key, rows]) => [
      key,
      rows.map(({ timestampNs, line }) => [String(timestampNs), line] as const),
    ]),
  );
}

function recordedAnswer(data: { resultType: string; result: unknown }): Answer {
  if (data.resultType === 'scalar') {
    // fact 57: a scalar's time is in milliseconds already.
    const [time, value] = data.result as [number, string];
    return { '{}': [[String(time), value]] };
  }
  const series = (data.result as RecordedResult[]).map(({ stream, metric, value, values }) => ({
    key: Labels.fromRecord(stream ?? metric ?? {}).key,
    points: (values ?? [value as [number, string]]).map(
      ([time, text]) => [typeof time === 'string' ? time : String(Math.round(time * 1000)), text] as const,
    ),
  }));
  return byKey(series);
}

/** label_replace can make series alike (fact 80): their points come together, in the order of their values. */
function byKey(series: readonly { readonly key: string; readonly points: Answer[string] }[]): Answer {
  const groups = [...Map.groupBy(series, ({ key }) => key)];
  return Object.fromEntries(
    groups.map(([key, twins]) => [
      key,
      twins.length === 1 ? twins[0].points : twins.flatMap(({ points }) => points).sort(byTimeAndValue),
    ]),
  );
}

function byTimeAndValue(a: Answer[string][number], b: Answer[string][number]): number {
  return Number(a[0]) - Number(b[0]) || numberOf(a[1]) - numberOf(b[1]);
}

/** Entries of one instant may come in any order; numbers may differ in the last bits. */
function expectEqual(actual: Answer, recorded: Answer, isMetric: boolean): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(recorded).sort());
  for (const [key, points] of Object.entries(recorded)) {
    const given = actual[key];
    expect(given.map(([time]) => time)).toEqual(points.map(([time]) => time));
    if (!isMetric) expect(given.map(String).sort()).toEqual(points.map(String).sort());
    else for (const [i, [, text]] of points.entries()) expectSameNumber(Number(given[i][1]), numberOf(text));
  }
}

function numberOf(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}

function expectSameNumber(actual: number, recorded: number): void {
  if (Object.is(actual, recorded) || actual === recorded) return;
  expect(Math.abs(actual - recorded), `${actual} is not ${recorded}`).toBeLessThanOrEqual(1e-9 * Math.abs(recorded));
}

/** Which of the rows with an error fails a query is not defined (fact 49). */
function comparable(error: string): string {
  return error.replace(/for series: '.*'\.\n/, 'for some series');
}

function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return comparable(messageOf(error));
  }
  return 'no error';
}

describe.skipIf(!hasShared('conformance/cases.json'))('the oracle gives the recorded answers of Loki', () => {
  const data = storedStreams(read('dataset.json') as PushedStream[]);
  const kinds = ['log', 'matrix', 'vector'];
  const cases = (read('cases.json') as RecordedCase[]).filter(
    ({ id, kind }) => kinds.includes(kind) && !REFUSED_BY_FRONTEND.includes(id),
  );
  const options = { alignSteps: true };

  test.each(cases.map((item) => [`${item.id} ${item.params['query']}`, item] as const))('%s', (_, item) => {
    const { status, body } = item.expect;
    const run = (): OracleResult => evaluateQuery(item.params['query'] ?? '', data, paramsOf(item), options);
    if (status !== 200) {
      expect(errorOf(run)).toBe(comparable(String(body)));
      return;
    }
    const { data: answer } = body as { data: { resultType: string; result: unknown } };
    expectEqual(answerOf(run()), recordedAnswer(answer), answer.resultType !== 'streams');
  });
});
