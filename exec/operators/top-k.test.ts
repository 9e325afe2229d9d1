import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sample as SampleNode, TopK as TopKNode } from '../../planner/physical/plan.ts';
import { SORT_ALL } from '../../planner/physical/plan.ts';
import { Labels } from '../../src/common/labels.ts';
import type { TimeBound } from '../fragment-context.ts';
import { compileStage } from '../stages/compile-stage.ts';
import { cancelQuery } from '../task/query-control.ts';
import { createBoundWord, SharedTimeBound } from '../task/shared-time-bound.ts';
import { toLogRows } from '../result/to-log-rows.ts';
import { batchOfRows, type TestRow } from '../testing/batches.ts';
import { testContext, testControl, testFragmentContext } from '../testing/contexts.ts';
import { collect, ListOperator } from '../testing/list-operator.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { CollectRows } from './collect-rows.ts';
import type { Direction, LogRows } from './log-rows.ts';
import { Sample } from './sample.ts';
import { TopKFinal } from './top-k-final.ts';
import { TopKPartial } from './top-k-partial.ts';

const STREAMS = ['a', 'b', 'c'].map((app) => Labels.fromRecord({ app }));

function topKNode(limit: number, direction: Direction): TopKNode {
  return {
    kind: 'TopK',
    id: 1,
    input: { kind: 'ExchangeSource', id: 0, fragment: 0 },
    limit,
    direction,
    late: { line: false, metadata: [] },
  };
}

async function partial(
  batches: readonly (readonly TestRow[])[],
  limit: number,
  direction: Direction,
  bound: TimeBound | null = null,
): Promise<LogRows> {
  const input = new ListOperator(batches.map((rows) => batchOfRows(rows, STREAMS)));
  const context = testFragmentContext({ streams: STREAMS, bound });
  const [rows] = await collect(new TopKPartial(topKNode(limit, direction), input, [], context));
  return rows;
}

async function final(items: readonly LogRows[], limit: number, direction: Direction): Promise<LogRows> {
  const [rows] = await collect(new TopKFinal(topKNode(limit, direction), new ListOperator(items), testContext()));
  return rows;
}

/** `a@3 line` per row. */
const print = (rows: LogRows): string[] =>
  toLogRows(rows, STREAMS).map((row) => `${row.stream[0][1]}@${row.timestampNs} ${row.line}`);

const row = (stream: number, timestamp: bigint, line: string): TestRow => ({ stream, timestamp, line });

describe('TopK', () => {
  test('equals sorting everything and cutting, over any batches and workers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ stream: fc.nat(2), time: fc.bigInt({ min: -3n, max: 3n }) }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom<Direction>('forward', 'backward'),
        fc.nat(30),
        async (rows, limit, direction, cut) => {
          // As a unit has them: by stream and time.
          const sorted = [...rows].sort((a, b) => a.stream - b.stream || Number(a.time - b.time));
          const all = sorted.map(({ stream, time }, i) => row(stream, time, String(i)));
          const whole = await final([await partial([all], limit, direction)], limit, direction);
          const sign = direction === 'forward' ? 1 : -1;
          const expected = all
            .map((one, i) => ({ ...one, i }))
            .sort((a, b) => Number(a.timestamp - b.timestamp) * sign || a.stream - b.stream || (a.i - b.i) * sign)
            .slice(0, limit)
            .map(({ stream, timestamp, line }) => `${'abc'[stream]}@${timestamp} ${line}`);
          expect(print(whole)).toEqual(expected);
          // Two workers with parts of the time each: no ties between them.
          const early = all.filter(({ timestamp }) => timestamp < BigInt(cut % 7) - 3n);
          const late = all.filter(({ timestamp }) => timestamp >= BigInt(cut % 7) - 3n);
          const parts = [await partial([early], limit, direction), await partial([late], limit, direction)];
          expect(print(await final(parts, limit, direction))).toEqual(expected);
        },
      ),
    );
  });

  test('a full worker bounds what others keep, ties may still win', async () => {
    const bound = new SharedTimeBound(createBoundWord('backward'), 'backward');
    await partial([[row(0, 5n, 'x'), row(0, 9n, 'y')]], 2, 'backward', bound);
    expect(bound.narrow({ start: 0n, end: 100n })).toEqual({ start: 5n, end: 100n });
    expect(
      print(await partial([[row(1, 4n, 'no'), row(1, 5n, 'tie'), row(1, 6n, 'yes')]], 2, 'backward', bound)),
    ).toEqual(['b@6 yes', 'b@5 tie']);
    const forward = new SharedTimeBound(createBoundWord('forward'), 'forward');
    await partial([[row(0, 5n, 'x')]], 1, 'forward', forward);
    expect(forward.narrow({ start: 0n, end: 100n })).toEqual({ start: 0n, end: 6n });
  });

  test('SORT_ALL keeps everything', async () => {
    const items = [
      await partial([[row(0, 2n, 'b'), row(0, 3n, 'c')]], 5, 'forward'),
      await partial([[row(1, 1n, 'a')]], 5, 'forward'),
    ];
    expect(print(await final(items, SORT_ALL, 'forward'))).toEqual(['b@1 a', 'a@2 b', 'a@3 c']);
  });

  test('stages above it run on the candidates only', async () => {
    const seen: number[] = [];
    const stage = compileStage({ kind: 'Decolorize' }, { clock: nodeRuntime.clock });
    const probe = {
      kind: stage.kind,
      apply: (batch: Parameters<typeof stage.apply>[0]) => (seen.push(batch.selectedCount), stage.apply(batch)),
    };
    const batch = batchOfRows([row(0, 1n, '\u001b[31mred\u001b[0m'), row(0, 2n, '\u001b[31mblue\u001b[0m')], STREAMS);
    const operator = new TopKPartial(
      topKNode(1, 'backward'),
      new ListOperator([batch]),
      [probe],
      testFragmentContext({ streams: STREAMS }),
    );
    const [rows] = await collect(operator);
    expect(print(rows)).toEqual(['a@2 blue']);
    expect(seen).toEqual([1]);
  });

  test('labels beyond those of the stream are kept by origin', async () => {
    const rows = await partial([[{ ...row(0, 1n, 'x'), metadata: { trace: 't1' } }, row(1, 2n, 'y')]], 5, 'forward');
    expect(toLogRows(rows, STREAMS)).toEqual([
      { timestampNs: 1n, line: 'x', stream: [['app', 'a']], metadata: [['trace', 't1']], parsed: [] },
      { timestampNs: 2n, line: 'y', stream: [['app', 'b']], metadata: [], parsed: [] },
    ]);
  });

  test('cancellation, and close twice', async () => {
    const control = testControl();
    const input = new ListOperator([batchOfRows([row(0, 1n, 'x')], STREAMS)], () => cancelQuery(control));
    const operator = new TopKPartial(
      topKNode(1, 'forward'),
      input,
      [],
      testFragmentContext({ streams: STREAMS, control }),
    );
    await operator.open();
    await expect(operator.next()).rejects.toMatchObject({ code: 'cancelled' });
    operator.close();
    operator.close();
  });
});

describe('CollectRows', () => {
  test('yields the rows of each batch', async () => {
    const input = new ListOperator([batchOfRows([row(0, 2n, 'x')], STREAMS), batchOfRows([row(1, 1n, 'y')], STREAMS)]);
    const items = await collect(new CollectRows(input, testFragmentContext({ streams: STREAMS })));
    expect(items.map(print)).toEqual([['a@2 x'], ['b@1 y']]);
  });
});

describe('Sample (fact 19)', () => {
  async function sample(times: readonly bigint[][], direction: Direction, splitNs = 0n): Promise<bigint[]> {
    const node: SampleNode = {
      kind: 'Sample',
      id: 1,
      input: topKNode(1, direction),
      intervalNs: 10n,
      direction,
      splitNs,
    };
    const items = await Promise.all(
      times.map((part) => partial([part.map((time) => row(0, time, ''))], 100, direction)),
    );
    const kept = await collect(new Sample(node, new ListOperator(items), testContext()));
    return kept.flatMap((rows) => [...rows.timestamp]);
  }

  test('the next row is at least the interval away, also across items', async () => {
    expect(
      await sample(
        [
          [0n, 5n, 9n],
          [10n, 19n, 20n, 35n],
        ],
        'forward',
      ),
    ).toEqual([0n, 10n, 20n, 35n]);
    expect(await sample([[35n, 26n, 25n, 16n]], 'backward')).toEqual([35n, 25n]);
  });

  test('it starts anew in every part of the range (fact 12)', async () => {
    expect(await sample([[95n, 99n, 101n, 110n, 111n]], 'forward', 100n)).toEqual([95n, 101n, 111n]);
  });
});
