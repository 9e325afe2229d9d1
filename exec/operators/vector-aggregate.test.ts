import { describe, expect, test } from 'vitest';
import type { Grouping, VectorAggregationOp } from '../../planner/ir/metric.ts';
import type { VectorAggregate as VectorAggregateNode } from '../../planner/physical/plan.ts';
import { isSelecting } from '../aggregate/vector-accumulator.ts';
import { blockOf, gridOfSteps, printBlock } from '../testing/blocks.ts';
import { testContext } from '../testing/contexts.ts';
import { collect, ListOperator } from '../testing/list-operator.ts';
import type { SeriesBlock } from './series-block.ts';
import { SortSeries } from './sort-series.ts';
import { TopSeries } from './top-series.ts';
import { VectorAggregate } from './vector-aggregate.ts';

interface Options {
  readonly parameter?: number;
  readonly grouping?: Grouping;
}

async function run(op: VectorAggregationOp, input: SeriesBlock, options: Options = {}): Promise<string[]> {
  const node: VectorAggregateNode = {
    kind: 'VectorAggregate',
    id: 1,
    op,
    parameter: options.parameter ?? null,
    input: { kind: 'VectorLiteral', id: 2, value: 0, grid: gridOfSteps(1) },
    grouping: options.grouping ?? null,
  };
  const source = new ListOperator([input]);
  const context = testContext();
  const operator = !isSelecting(op)
    ? new VectorAggregate({ ...node, op }, source, context)
    : op === 'sort' || op === 'sort_desc'
      ? new SortSeries(node, source, context)
      : new TopSeries(node, source, context);
  const [block] = await collect(operator);
  return printBlock(block);
}

const INPUT = (): SeriesBlock =>
  blockOf([
    [{ app: 'x', pod: '1' }, 1, 4],
    [{ app: 'x', pod: '2' }, 3, null],
    [{ app: 'y', pod: '1' }, 8, null],
  ]);
const by = (...names: string[]): Grouping => ({ without: false, names });
const without = (...names: string[]): Grouping => ({ without: true, names });

describe('reductions', () => {
  test.each([
    ['sum', '4 4', '8 _'],
    ['avg', '2 4', '8 _'],
    ['min', '1 4', '8 _'],
    ['max', '3 4', '8 _'],
    ['count', '2 1', '1 _'],
    ['stddev', '1 0', '0 _'],
    ['stdvar', '1 0', '0 _'],
  ] as const)('%s by app', async (op, x, y) => {
    expect(await run(op, INPUT(), { grouping: by('app') })).toEqual([`{app="x"} ${x}`, `{app="y"} ${y}`]);
  });

  test('without grouping all is one group; without () keeps all labels; missing labels are left away', async () => {
    expect(await run('sum', INPUT())).toEqual(['{} 12 4']);
    expect(await run('sum', INPUT(), { grouping: without() })).toHaveLength(3);
    expect(await run('sum', INPUT(), { grouping: without('pod') })).toEqual(['{app="x"} 4 4', '{app="y"} 8 _']);
    expect(await run('sum', INPUT(), { grouping: by('none') })).toEqual(['{} 12 4']);
    expect(await run('count', blockOf([]))).toEqual([]);
  });

  test('NaN loses against numbers in min and max', async () => {
    const input = (): SeriesBlock =>
      blockOf([
        [{ a: '1' }, NaN, NaN],
        [{ a: '2' }, 2, NaN],
      ]);
    expect(await run('max', input())).toEqual(['{} 2 NaN']);
    expect(await run('min', input())).toEqual(['{} 2 NaN']);
    expect(await run('sum', input())).toEqual(['{} NaN NaN']);
  });
});

describe('selections', () => {
  const input = (): SeriesBlock =>
    blockOf([
      [{ a: '1' }, 5, 1],
      [{ a: '2' }, NaN, 3],
      [{ a: '3' }, 7, 2],
      [{ a: '4' }, 5, null],
    ]);

  test('topk and bottomk choose per step; the earlier of equals stays, NaN gives way (facts 61, 62)', async () => {
    expect(await run('topk', input(), { parameter: 2 })).toEqual(['{a="1"} 5 _', '{a="2"} _ 3', '{a="3"} 7 2']);
    expect(await run('bottomk', input(), { parameter: 1 })).toEqual(['{a="1"} 5 1']);
    expect(await run('approx_topk', input(), { parameter: 1 })).toEqual(['{a="2"} _ 3', '{a="3"} 7 _']);
    expect(await run('topk', input(), { parameter: 10 })).toHaveLength(4);
  });

  test('topk in groups', async () => {
    expect(await run('topk', INPUT(), { parameter: 1, grouping: by('app') })).toEqual([
      '{app="x", pod="1"} _ 4',
      '{app="x", pod="2"} 3 _',
      '{app="y", pod="1"} 8 _',
    ]);
  });

  test('sort and sort_desc order an instant vector, NaN last (fact 64)', async () => {
    const instant = (): SeriesBlock =>
      blockOf([
        [{ a: '1' }, 5],
        [{ a: '2' }, NaN],
        [{ a: '3' }, -7],
        [{ a: '4' }, 5],
      ]);
    expect(await run('sort', instant())).toEqual(['{a="3"} -7', '{a="1"} 5', '{a="4"} 5', '{a="2"} NaN']);
    expect(await run('sort_desc', instant())).toEqual(['{a="1"} 5', '{a="4"} 5', '{a="3"} -7', '{a="2"} NaN']);
    expect((await run('sort', input())).map((text) => text.slice(0, 7))).toEqual([
      '{a="1"}',
      '{a="2"}',
      '{a="3"}',
      '{a="4"}',
    ]);
  });
});
