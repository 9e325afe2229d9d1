import { describe, expect, test } from 'vitest';
import type { LabelTarget } from '../../planner/ir/stage.ts';
import { compileJson } from '../parsers/json.ts';
import { compileDrop, compileKeep } from './drop-keep.ts';
import { batchOfRows, labelsOf } from './testing/lines-batch.ts';

function rows() {
  const batch = batchOfRows([
    { line: '{"level":"info","n":1}', stream: { app: 'api', env: 'prod' }, metadata: { trace: 't' } },
    { line: '{"level":"warn"}', stream: { app: 'web' } },
    { line: 'oops', stream: { app: 'web' } },
  ]);
  compileJson({ needed: 'all' }).parse(batch);
  return batch;
}

const error = {
  __error__: 'JSONParserErr',
  __error_details__: "Value looks like object, but can't find closing '}' symbol",
};
const named = (...names: string[]): LabelTarget[] => names.map((name) => ({ name, matcher: null }));
const matching = (name: string, op: '=' | '!=' | '=~', value: string): LabelTarget => ({
  name,
  matcher: { name, op, value },
});

function drop(...targets: LabelTarget[]) {
  const batch = rows();
  compileDrop({ kind: 'Drop', targets }).apply(batch);
  return labelsOf(batch);
}

function keep(...targets: LabelTarget[]) {
  const batch = rows();
  compileKeep({ kind: 'Keep', targets }).apply(batch);
  return labelsOf(batch);
}

describe('drop (fact 149)', () => {
  test('removes names of every origin', () => {
    expect(drop(...named('env', 'trace', 'level', 'unknown'))).toEqual([
      { app: 'api', n: '1' },
      { app: 'web' },
      { app: 'web', ...error },
    ]);
  });

  test('with a matcher only values that match', () => {
    expect(drop(matching('level', '=', 'info'), matching('app', '=~', 'w.*'))).toEqual([
      { app: 'api', env: 'prod', n: '1', trace: 't' },
      { level: 'warn' },
      error,
    ]);
  });

  test('__error__ and __error_details__ one by one', () => {
    expect(drop(...named('__error__'))[2]).toEqual({ app: 'web', __error_details__: error.__error_details__ });
    expect(drop(...named('__error__', '__error_details__'))[2]).toEqual({ app: 'web' });
    expect(drop(matching('__error__', '=', 'LogfmtParserErr'))[2]).toEqual({ app: 'web', ...error });
  });
});

describe('keep (fact 150)', () => {
  test('leaves the named labels and errors', () => {
    expect(keep(...named('app', 'level'))).toEqual([
      { app: 'api', level: 'info' },
      { app: 'web', level: 'warn' },
      { app: 'web', ...error },
    ]);
  });

  test('with a matcher only where it matches', () => {
    expect(keep(...named('app'), matching('level', '=', 'warn'))).toEqual([
      { app: 'api' },
      { app: 'web', level: 'warn' },
      { app: 'web', ...error },
    ]);
  });

  test('tells that the stream alone no longer tells the labels', () => {
    const batch = rows();
    expect(batch.labels.streamLabelsChanged).toBe(false);
    compileKeep({ kind: 'Keep', targets: named('level') }).apply(batch);
    expect(batch.labels.streamLabelsChanged).toBe(true);
  });
});
