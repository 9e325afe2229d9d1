import { createHash } from 'node:crypto';
import { type Answer, hashLines, type SeriesAnswer } from '../dataset/answers.ts';
import { START_S } from '../dataset/timeline.ts';
import type { Step } from '../queries/query.ts';

export interface CheckedAnswer {
  /** Points, lines, series or names. */
  readonly rows: number;
  /** Of what was answered, whatever its order. */
  readonly hash: string;
  /** What is wrong with it; null when it is right. */
  readonly difference: string | null;
}

interface MatrixBody {
  readonly data: {
    readonly result: readonly { metric: Record<string, string>; values: readonly [number, string][] }[];
  };
}
interface VectorBody {
  readonly data: { readonly result: readonly { value: [number, string] }[] };
}
interface StreamsBody {
  readonly data: { readonly result: readonly { values: readonly [string, string][] }[] };
}
interface ListBody {
  readonly data: readonly unknown[];
}

/** Compares an answer with the right one, point by point, line by line. */
export function checkAnswer(step: Step, body: Buffer, expected: Answer): CheckedAnswer {
  const parsed: unknown = JSON.parse(body.toString());
  switch (expected.kind) {
    case 'Series':
      return checkSeries(groupedPoints(parsed as MatrixBody, step), expected);
    case 'Lines': {
      const lines = (parsed as StreamsBody).data.result.flatMap(({ values }) =>
        values.map(([time, line]) => `${time} ${line}`),
      );
      const hash = hashLines(lines);
      const difference =
        lines.length !== expected.rows
          ? `${lines.length} lines, expected ${expected.rows}`
          : hash === expected.hash
            ? null
            : 'other lines than expected';
      return { rows: lines.length, hash: hash.slice(0, 12), difference };
    }
    case 'Vector': {
      const values = (parsed as VectorBody).data.result.map(({ value }) => Number(value[1])).sort((a, b) => b - a);
      const isRight = values.join() === expected.values.join();
      return {
        rows: values.length,
        hash: hashOf(values),
        difference: isRight ? null : `${values.join()}, expected ${expected.values.join()}`,
      };
    }
    case 'Count': {
      const count = (parsed as ListBody).data.length;
      return {
        rows: count,
        hash: hashOf(count),
        difference: count === expected.count ? null : `${count}, expected ${expected.count}`,
      };
    }
    case 'Names': {
      const names = (parsed as ListBody).data.map(String).sort();
      const missing = expected.names.filter((name) => !names.includes(name));
      return {
        rows: names.length,
        hash: hashOf(names),
        difference: missing.length === 0 ? null : `without ${missing.join()}`,
      };
    }
  }
}

const hashOf = (value: unknown): string => createHash('sha1').update(JSON.stringify(value)).digest('hex').slice(0, 12);

type Points = Map<string, Map<number, number>>;

/** Values by group and window number. */
function groupedPoints(body: MatrixBody, step: Step): Points {
  if (step.kind !== 'Range') throw new TypeError(`a ${step.kind} step has no series`);
  const points: Points = new Map();
  for (const { metric, values } of body.data.result) {
    const group = step.groupBy === '' ? '' : (metric[step.groupBy] ?? '');
    const own = points.get(group) ?? new Map<number, number>();
    points.set(group, own);
    for (const [time, value] of values) own.set((time - START_S) / step.stepS - 1, Number(value));
  }
  return points;
}

function checkSeries(points: Points, { groups, tolerance }: SeriesAnswer): CheckedAnswer {
  const differences: string[] = [];
  let rows = 0;
  for (const group of new Set([...groups.keys(), ...points.keys()])) {
    const expected = groups.get(group) ?? [];
    const own = points.get(group) ?? new Map<number, number>();
    for (const window of new Set([...expected.keys(), ...own.keys()])) {
      const [value, right] = [own.get(window) ?? 0, expected[window] ?? 0];
      if (value !== 0) rows++;
      const isEqual = value === right || Math.abs(value - right) <= tolerance * Math.abs(right);
      if (!isEqual) differences.push(`${group || 'series'} in window ${window}: ${value}, expected ${right}`);
    }
  }
  const sorted = [...points].sort().map(([group, own]) => [group, [...own].sort(([a], [b]) => a - b)]);
  const difference = differences.length === 0 ? null : `${differences.length} points differ, first ${differences[0]}`;
  return { rows, hash: hashOf(sorted), difference };
}
