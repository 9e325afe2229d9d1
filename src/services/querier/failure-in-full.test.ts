import { expect, test } from 'vitest';
import { PipelineError } from '../../../exec/aggregate/pipeline-error.ts';
import { DEFAULT_RULES } from '../../../planner/rules/default-rules.ts';
import { SkaldError } from '../../common/errors.ts';
import { Labels } from '../../common/labels.ts';
import { failureInFull } from './failure-in-full.ts';

function failureOf(labels: Readonly<Record<string, string>>): PipelineError {
  const series = Labels.fromRecord({ __error__: 'JSONParserErr', ...labels });
  return new PipelineError({ kind: 'Failed', count: 0, timestampNs: 7n, groups: [Labels.empty, series] });
}

const first = failureOf({ app: 'a' });

test('the query runs once more for the moment of the entry, as it was written', async () => {
  const full = failureOf({ app: 'a', trace_id: 't' });
  const found = await failureInFull(first, (options) => {
    expect(options).toEqual({ disabledRules: DEFAULT_RULES.map(({ name }) => name), onlyAtNs: 7n });
    return Promise.reject(full);
  });
  expect(found).toBe(full);
});

test('the first error stays when there is no better one', async () => {
  expect(await failureInFull(first, () => Promise.resolve('the entry is gone'))).toBe(first);
  const cancelled = new SkaldError('cancelled', 'The query was cancelled.');
  expect(await failureInFull(first, () => Promise.reject(cancelled))).toBe(first);
});
