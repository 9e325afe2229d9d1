import type { Answer, AnswerSeries } from './answer.ts';

const TOLERANCE = 1e-9;

/** How `actual` differs from `expected`, or null when it does not. */
export function difference(actual: Answer, expected: Answer): string | null {
  if (actual.kind === 'Error' && actual.message.startsWith('BUG')) return actual.message;
  if (expected.kind === 'Error' && expected.message.startsWith('BUG')) return `in the oracle: ${expected.message}`;
  if (actual.kind === 'Error' || expected.kind === 'Error') return errorDifference(actual, expected);
  if (actual.kind === 'Rows' && expected.kind === 'Rows') return listDifference(actual.rows, expected.rows);
  if (actual.kind === 'Rows' || expected.kind === 'Rows') return `${brief(actual)} instead of ${brief(expected)}`;
  if (actual.type !== expected.type) return `${actual.type} instead of ${expected.type}`;
  return seriesDifference(merged(actual.series), merged(expected.series));
}

function errorDifference(actual: Answer, expected: Answer): string | null {
  if (category(actual) !== category(expected)) return `${brief(actual)} instead of ${brief(expected)}`;
  const [given, wanted] = [actual, expected].map((answer) => (answer.kind === 'Error' ? answer.message : ''));
  if (given === wanted || ![given, wanted].every((text) => text.startsWith('pipeline error'))) return null;
  return `error\n  is        ${given.split('\n', 1).join()}\n  should be ${wanted.split('\n', 1).join()}`;
}

/** Errors of rows and of matching are of one kind: both may be there, and either may be met first. */
function category(answer: Answer): string {
  if (answer.kind !== 'Error') return answer.kind;
  const isOfData = /^(pipeline error|found duplicate series|multiple matches)/.test(answer.message);
  return isOfData ? 'data' : answer.message;
}

export function brief(answer: Answer): string {
  if (answer.kind === 'Error') return `error "${answer.message.slice(0, 300)}"`;
  if (answer.kind === 'Rows') return `${answer.rows.length} rows`;
  return `${answer.series.length} series`;
}

function listDifference(actual: readonly string[], expected: readonly string[]): string | null {
  const length = Math.max(actual.length, expected.length);
  for (let i = 0; i < length; i++) {
    if (actual[i] === expected[i]) continue;
    return `item ${i} of ${expected.length} (${actual.length} given)\n  is        ${actual[i]}\n  should be ${expected[i]}`;
  }
  return null;
}

/** Series that label_replace made alike as one (fact 80). */
function merged(series: readonly AnswerSeries[]): AnswerSeries[] {
  return [...Map.groupBy(series, ({ key }) => key)].map(([key, group]) => ({
    key,
    points: group
      .flatMap(({ points }) => points)
      .sort(([a, x], [b, y]) => (a === b ? compareNumbers(x, y) : a < b ? -1 : 1)),
  }));
}

function compareNumbers(a: number, b: number): number {
  return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : Number.isNaN(b) ? -1 : a - b || 0;
}

function seriesDifference(actual: readonly AnswerSeries[], expected: readonly AnswerSeries[]): string | null {
  const names = listDifference(
    actual.map(({ key }) => key),
    expected.map(({ key }) => key),
  );
  if (names !== null) return `series: ${names}`;
  for (const [i, { key, points }] of expected.entries()) {
    const given = actual[i].points;
    const times = listDifference(
      given.map(([time]) => String(time)),
      points.map(([time]) => String(time)),
    );
    if (times !== null) return `times of ${key}: ${times}`;
    for (const [k, [time, value]] of points.entries()) {
      if (!isSame(given[k][1], value)) return `${key} at ${time} is ${given[k][1]}, should be ${value}`;
    }
  }
  return null;
}

export function isSame(actual: number, expected: number): boolean {
  if (Object.is(actual, expected) || actual === expected) return true;
  const scale = Math.max(Math.abs(actual), Math.abs(expected), 1e-3);
  return Math.abs(actual - expected) <= TOLERANCE * scale;
}
