import { expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { compileStage } from '../stages/compile-stage.ts';
import { cancelQuery } from '../task/query-control.ts';
import { batchOfRows } from '../testing/batches.ts';
import { testContext, testControl } from '../testing/contexts.ts';
import { collect, ListOperator } from '../testing/list-operator.ts';
import { Pipe } from './pipe.ts';

const STREAMS = [Labels.fromRecord({ app: 'a' })];
const stage = compileStage(
  { kind: 'LineFilter', op: '|=', alternatives: [{ value: 'x', ip: false }] },
  { clock: nodeRuntime.clock },
);
const batch = (...lines: string[]) =>
  batchOfRows(
    lines.map((line, i) => ({ stream: 0, timestamp: BigInt(i), line })),
    STREAMS,
  );

test('applies the stage to every batch and swallows those without rows', async () => {
  const input = new ListOperator([batch('x1', 'y', 'x2'), batch(), batch('y'), batch('x')]);
  const batches = await collect(new Pipe(input, stage, testContext()));
  expect(batches.map(({ selection, selectedCount }) => [...selection.subarray(0, selectedCount)])).toEqual([
    [0, 2],
    [0],
  ]);
});

test('stops when the query is cancelled; close may come twice', async () => {
  const control = testControl();
  const input = new ListOperator([batch('x'), batch('x')], (index) => {
    if (index === 1) cancelQuery(control);
  });
  const pipe = new Pipe(input, stage, testContext(control));
  await pipe.open();
  expect(await pipe.next()).not.toBeNull();
  await expect(pipe.next()).rejects.toMatchObject({ code: 'cancelled' });
  pipe.close();
  pipe.close();
  expect(input.closed).toBe(2);
});
