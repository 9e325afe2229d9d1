import { describe, expect, test } from 'vitest';
import type { BinaryOperator, VectorMatching } from '../../planner/ir/metric.ts';
import type { BinaryOp as BinaryOpNode, NumberLiteral } from '../../planner/physical/plan.ts';
import { blockOf, gridOfSteps, printBlock } from '../testing/blocks.ts';
import { testContext } from '../testing/contexts.ts';
import { collect, ListOperator } from '../testing/list-operator.ts';
import { BinaryOp } from './binary-op.ts';
import type { SeriesBlock } from './series-block.ts';

const LITERAL: NumberLiteral = { kind: 'NumberLiteral', id: 2, value: 0, grid: gridOfSteps(1) };

interface Options {
  readonly returnBool?: boolean;
  readonly matching?: Partial<VectorMatching>;
}

async function run(
  op: BinaryOperator,
  left: SeriesBlock,
  right: SeriesBlock,
  options: Options = {},
): Promise<string[]> {
  const { returnBool = false, matching } = options;
  const node: BinaryOpNode = {
    kind: 'BinaryOp',
    id: 1,
    op,
    left: LITERAL,
    right: LITERAL,
    returnBool,
    matching: matching === undefined ? null : { on: true, names: [], group: null, include: [], ...matching },
  };
  const operator = new BinaryOp(node, new ListOperator([left]), new ListOperator([right]), testContext());
  const [block] = await collect(operator);
  return printBlock(block);
}

const scalar = (value: number): SeriesBlock => blockOf([[{}, value]], 'scalar');

describe('scalars', () => {
  test.each([
    ['+', 7, 2, '9'],
    ['-', 7, 2, '5'],
    ['*', 7, 2, '14'],
    ['/', 7, 2, '3.5'],
    ['/', 7, 0, 'NaN'],
    ['%', -7, 2, '-1'],
    ['%', 7, 0, 'NaN'],
    ['^', 2, 9, '512'],
    ['^', 1, NaN, '1'],
    ['^', -1, Infinity, '1'],
    ['>', 7, 2, '1'],
    ['<=', 7, 2, '0'],
    ['==', NaN, NaN, '0'],
    ['!=', NaN, NaN, '1'],
  ] as const)('a %s b of %d and %d', async (op, left, right, expected) => {
    expect(await run(op, scalar(left), scalar(right))).toEqual([`{} ${expected}`]);
  });

  test('with a vector: labels stay, a comparison filters and keeps the value of the vector (facts 70, 71)', async () => {
    const vector = (): SeriesBlock =>
      blockOf([
        [{ a: '1' }, 5, null],
        [{ a: '2' }, 1, 9],
      ]);
    const two = blockOf([[{}, 2, 2]], 'scalar');
    expect(await run('-', vector(), two)).toEqual(['{a="1"} 3 _', '{a="2"} -1 7']);
    expect(await run('-', two, vector())).toEqual(['{a="1"} -3 _', '{a="2"} 1 -7']);
    expect(await run('>', vector(), two)).toEqual(['{a="1"} 5 _', '{a="2"} _ 9']);
    expect(await run('<', two, vector())).toEqual(['{a="1"} 5 _', '{a="2"} _ 9']);
    expect(await run('>', vector(), two, { returnBool: true })).toEqual(['{a="1"} 1 _', '{a="2"} 0 1']);
    expect(await run('>', vector(), blockOf([[{}, 100, 100]], 'scalar'))).toEqual([]);
  });
});

describe('vectors', () => {
  test('equal label sets meet, step by step', async () => {
    const left = blockOf([
      [{ a: '1' }, 1, 2],
      [{ a: '2' }, 3, null],
      [{ a: '3' }, 5, 6],
    ]);
    const right = blockOf([
      [{ a: '1' }, 10, null],
      [{ a: '2' }, null, 30],
      [{ a: '4' }, 1, 1],
    ]);
    expect(await run('+', left, right)).toEqual(['{a="1"} 11 _']);
  });

  test('on and ignoring (facts 72, 73)', async () => {
    const left = (): SeriesBlock =>
      blockOf([
        [{ app: 'x', pod: '1' }, 6],
        [{ app: 'y', pod: '1' }, 8],
      ]);
    const right = (): SeriesBlock =>
      blockOf([
        [{ app: 'x', env: 'p' }, 2],
        [{ app: 'y', env: 'p' }, 4],
      ]);
    expect(await run('/', left(), right(), { matching: { on: true, names: ['app'] } })).toEqual([
      '{app="x"} 3',
      '{app="y"} 2',
    ]);
    const rest = blockOf([
      [{ app: 'x' }, 2],
      [{ app: 'y' }, 4],
    ]);
    expect(await run('/', left(), rest, { matching: { on: false, names: ['pod'] } })).toEqual([
      '{app="x"} 3',
      '{app="y"} 2',
    ]);
  });

  test('a comparison keeps the left value, also with group_right', async () => {
    const left = (): SeriesBlock => blockOf([[{ app: 'x' }, 6]]);
    const right = (): SeriesBlock => blockOf([[{ app: 'x' }, 2]]);
    expect(await run('>', left(), right())).toEqual(['{app="x"} 6']);
    expect(await run('<', left(), right())).toEqual([]);
    expect(await run('<', left(), right(), { returnBool: true })).toEqual(['{app="x"} 0']);
    expect(await run('>', left(), right(), { matching: { names: ['app'], group: 'right' } })).toEqual(['{app="x"} 6']);
  });

  test('group_left and group_right keep the labels of the many side and copy the included ones', async () => {
    const many = (): SeriesBlock =>
      blockOf([
        [{ app: 'x', pod: '1', env: 'old' }, 6],
        [{ app: 'x', pod: '2' }, 8],
      ]);
    const one = (): SeriesBlock => blockOf([[{ app: 'x', env: 'p' }, 2]]);
    const names = ['app'];
    expect(await run('/', many(), one(), { matching: { names, group: 'left' } })).toEqual([
      '{app="x", env="old", pod="1"} 3',
      '{app="x", pod="2"} 4',
    ]);
    expect(await run('-', one(), many(), { matching: { names, group: 'right', include: ['env', 'none'] } })).toEqual([
      '{app="x", env="p", pod="1"} -4',
      '{app="x", env="p", pod="2"} -6',
    ]);
  });

  test.each([
    [
      'right',
      undefined,
      'found duplicate series on the right hand-side;many-to-many matching not allowed: matching labels must be unique on one side',
    ],
    [
      'left',
      'right',
      'found duplicate series on the left hand-side;many-to-many matching not allowed: matching labels must be unique on one side',
    ],
  ] as const)('duplicates on the one side (%s) fail even without a match (fact 74)', async (side, group, message) => {
    const twice = blockOf([
      [{ app: 'x', pod: '1' }, 1],
      [{ app: 'x', pod: '2' }, 1],
    ]);
    const none = blockOf([[{ app: 'y' }, 1]]);
    const [left, right] = side === 'right' ? [none, twice] : [twice, none];
    const matching = { names: ['app'], group: group ?? null };
    await expect(run('+', left, right, { matching })).rejects.toMatchObject({ code: 'execution', message });
  });

  test('duplicates at different steps are none', async () => {
    const right = blockOf([
      [{ app: 'x', pod: '1' }, 1, null],
      [{ app: 'x', pod: '2' }, null, 2],
    ]);
    const left = blockOf([[{ app: 'x' }, 10, 20]]);
    expect(await run('+', left, right, { matching: { names: ['app'] } })).toEqual(['{app="x"} 11 22']);
  });

  test('two left samples for one right sample need group_left (facts 75, 76)', async () => {
    const left = (): SeriesBlock =>
      blockOf([
        [{ app: 'x', pod: '1' }, 1],
        [{ app: 'x', pod: '2' }, 1],
      ]);
    const right = (): SeriesBlock => blockOf([[{ app: 'x', pod: '9' }, 1]]);
    await expect(run('+', left(), right(), { matching: { names: ['app'] } })).rejects.toThrow(
      'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
    );
    await expect(
      run('+', left(), right(), { matching: { names: ['app'], group: 'left', include: ['pod'] } }),
    ).rejects.toThrow('multiple matches for labels: grouping labels must ensure unique matches');
  });
});

describe('sets (fact 77)', () => {
  const left = (): SeriesBlock =>
    blockOf([
      [{ a: '1' }, 1, 1],
      [{ a: '2' }, 2, 2],
    ]);
  const right = (): SeriesBlock =>
    blockOf([
      [{ a: '2' }, 20, null],
      [{ a: '3' }, null, 30],
    ]);

  test('and, unless, or', async () => {
    expect(await run('and', left(), right())).toEqual(['{a="2"} 2 _']);
    expect(await run('unless', left(), right())).toEqual(['{a="1"} 1 1', '{a="2"} _ 2']);
    expect(await run('or', left(), right())).toEqual(['{a="1"} 1 1', '{a="2"} 2 2', '{a="3"} _ 30']);
    expect(await run('or', right(), left())).toEqual(['{a="2"} 20 2', '{a="3"} _ 30', '{a="1"} 1 1']);
    expect(await run('or', blockOf([]), blockOf([[{}, 0]]))).toEqual(['{} 0']);
  });

  test('on nothing: any sample of the other side counts', async () => {
    expect(await run('and', left(), right(), { matching: { on: true, names: [] } })).toEqual([
      '{a="1"} 1 1',
      '{a="2"} 2 2',
    ]);
    expect(await run('or', right(), left(), { matching: { on: true, names: [] } })).toEqual([
      '{a="2"} 20 _',
      '{a="3"} _ 30',
    ]);
  });
});

test('closing twice closes both inputs', async () => {
  const [left, right] = [new ListOperator([scalar(1)]), new ListOperator([scalar(2)])];
  const node: BinaryOpNode = {
    kind: 'BinaryOp',
    id: 1,
    op: '+',
    left: LITERAL,
    right: LITERAL,
    returnBool: false,
    matching: null,
  };
  const operator = new BinaryOp(node, left, right, testContext());
  operator.close();
  operator.close();
  expect([left.closed, right.closed]).toEqual([2, 2]);
});
