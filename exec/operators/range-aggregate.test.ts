import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Grouping, RangeAggregationOp, StepGrid } from '../../planner/ir/metric.ts';
import { stepCount } from '../../planner/ir/metric.ts';
import type { ExchangeSource, RangeAggregate } from '../../planner/physical/plan.ts';
import { Labels } from '../../src/common/labels.ts';
import type { PartialAggregate } from '../aggregate/partial-aggregate.ts';
import { compileUnwrap } from '../stages/unwrap.ts';
import { decodeExchange, encodeExchange } from '../task/exchange-codec.ts';
import { cancelQuery } from '../task/query-control.ts';
import { batchOfRows, type TestRow } from '../testing/batches.ts';
import { MIB, testContext, testControl, testFragmentContext } from '../testing/contexts.ts';
import { collect, ListOperator } from '../testing/list-operator.ts';
import { RangeAggregateFinal } from './range-aggregate-final.ts';
import { RangeAggregatePartial } from './range-aggregate-partial.ts';
import type { SeriesBlock } from './series-block.ts';

const STREAMS = [
  { app: 'a', pod: '1' },
  { app: 'a', pod: '2' },
  { app: 'b', pod: '1' },
].map((set) => Labels.fromRecord(set));
const SOURCE: ExchangeSource = { kind: 'ExchangeSource', id: 9, fragment: 0 };

interface Shape {
  readonly op: RangeAggregationOp;
  readonly parameter?: number;
  readonly unwrap?: string;
  readonly rangeNs: bigint;
  readonly offsetNs?: bigint;
  readonly grouping?: Grouping | null;
  readonly grid: StepGrid;
}

function nodeOf(shape: Shape, mode: 'Partial' | 'Final'): RangeAggregate {
  const { op, parameter = null, unwrap, rangeNs, offsetNs = 0n, grouping = null, grid } = shape;
  return {
    kind: 'RangeAggregate',
    id: 1,
    mode,
    op,
    parameter,
    input: SOURCE,
    unwrap: unwrap === undefined ? null : { label: unwrap, conversion: null, postFilters: [] },
    rangeNs,
    offsetNs,
    grouping,
    grid,
    absentLabels: op === 'absent_over_time' ? Labels.fromRecord({ app: 'a' }) : null,
  };
}

/** Runs one Partial per worker over its batches and one Final over their encoded results. */
async function aggregate(shape: Shape, workers: readonly (readonly (readonly TestRow[])[])[]): Promise<SeriesBlock> {
  const partials: PartialAggregate[] = [];
  for (const batches of workers) {
    const node = nodeOf(shape, 'Partial');
    const input = new ListOperator(batches.map((rows) => batchOfRows(rows, STREAMS)));
    const unwrap = node.unwrap === null ? null : compileUnwrap(node.unwrap);
    const operator = new RangeAggregatePartial(node, input, unwrap, testFragmentContext({ streams: STREAMS }));
    await operator.open();
    const partial = (await operator.next()) as PartialAggregate;
    const decoded = decodeExchange(encodeExchange({ kind: 'Partial', partial }));
    if (decoded.kind === 'Partial') partials.push(decoded.partial);
    operator.close();
  }
  const final = new RangeAggregateFinal(nodeOf(shape, 'Final'), new ListOperator(partials), testContext());
  const [block] = await collect(final);
  return block;
}

/** `{labels} v v _ v` per series. */
function printBlock(block: SeriesBlock): string[] {
  return block.labels().map((labels, s) => {
    const cells = Array.from({ length: block.steps }, (_, k) =>
      block.present[s * block.steps + k] === 1 ? String(block.values[s * block.steps + k]) : '_',
    );
    return `${labels.key} ${cells.join(' ')}`;
  });
}

const grid = (startNs: bigint, endNs: bigint, stepNs: bigint): StepGrid => ({ startNs, endNs, stepNs });
const row = (stream: number, timestamp: bigint, v?: string, line?: string): TestRow => ({
  stream,
  timestamp,
  ...(line === undefined ? {} : { line }),
  ...(v === undefined ? {} : { metadata: { v } }),
});

/** Values of a window in time order, by the obvious definitions. */
const PLAIN: Partial<Record<RangeAggregationOp, (values: readonly number[], rangeSeconds: number) => number>> = {
  count_over_time: (values) => values.length,
  rate: (values, range) => values.reduce((a, b) => a + b, 0) / range,
  sum_over_time: (values) => values.reduce((a, b) => a + b, 0),
  avg_over_time: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  min_over_time: (values) => Math.min(...values),
  max_over_time: (values) => Math.max(...values),
  first_over_time: (values) => values[0],
  last_over_time: (values) => values[values.length - 1],
  stdvar_over_time: (values) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  },
  quantile_over_time: (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const rank = 0.5 * (sorted.length - 1);
    const low = Math.floor(rank);
    return sorted[low] + (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]) * (rank - low);
  },
};

const samples = fc.uniqueArray(
  fc.record({ stream: fc.nat(2), time: fc.integer({ min: -40, max: 140 }), value: fc.integer({ min: -50, max: 50 }) }),
  { selector: ({ time }) => time, maxLength: 40 },
);

describe('range aggregation', () => {
  test.each(Object.keys(PLAIN) as (keyof typeof PLAIN)[])('%s equals its definition', async (op) => {
    await fc.assert(
      fc.asyncProperty(
        samples,
        fc.record({
          step: fc.integer({ min: 1, max: 30 }),
          range: fc.integer({ min: 1, max: 70 }),
          offset: fc.nat(20),
        }),
        fc.integer({ min: 1, max: 3 }),
        async (rows, { step, range, offset }, workers) => {
          const shape: Shape = {
            op,
            parameter: 0.5,
            unwrap: 'v',
            rangeNs: BigInt(range),
            offsetNs: BigInt(offset),
            grouping: { without: false, names: ['app'] },
            grid: grid(0n, 100n, BigInt(step)),
          };
          const byTime = [...rows].sort((a, b) => a.time - b.time || a.stream - b.stream);
          const parts = Array.from({ length: workers }, (_, w) => [
            byTime
              .filter((_, i) => i % workers === w)
              .map(({ stream, time, value }) => row(stream, BigInt(time), String(value))),
          ]);
          const block = await aggregate(shape, parts);
          const plain = PLAIN[op] as (values: readonly number[], rangeSeconds: number) => number;
          const expected = new Map<string, number>();
          for (const app of ['a', 'b']) {
            for (let k = 0; k < stepCount(shape.grid); k++) {
              const end = k * step - offset;
              const inWindow = byTime.filter(
                ({ stream, time }) => STREAMS[stream].get('app') === app && time > end - range && time <= end,
              );
              if (inWindow.length > 0)
                expected.set(
                  `${app}/${k}`,
                  plain(
                    inWindow.map(({ value }) => value),
                    range / 1e9,
                  ),
                );
            }
          }
          for (let s = 0; s < block.seriesCount; s++) {
            for (let k = 0; k < block.steps; k++) {
              const key = `${block.labels()[s].get('app')}/${k}`;
              const isPresent = block.present[s * block.steps + k] === 1;
              expect(isPresent).toBe(expected.has(key));
              if (isPresent) expect(block.values[s * block.steps + k]).toBeCloseTo(expected.get(key) as number, 6);
              expected.delete(key);
            }
          }
          expect([...expected]).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('first and last follow time and, at equal times, arrival', async () => {
    const shape = { unwrap: 'v', rangeNs: 10n, grid: grid(10n, 10n, 0n) };
    const rows = [[[row(0, 5n, '1'), row(0, 5n, '2'), row(0, 3n, '3'), row(0, 3n, '4')]]];
    expect(printBlock(await aggregate({ ...shape, op: 'first_over_time' }, rows))).toEqual(['{app="a", pod="1"} 3']);
    expect(printBlock(await aggregate({ ...shape, op: 'last_over_time' }, rows))).toEqual(['{app="a", pod="1"} 2']);
  });

  test('rows split over batches and workers, an empty batch', async () => {
    const rows = [row(0, 1n), row(0, 2n), row(1, 2n), row(2, 12n), row(0, 12n)];
    const shape: Shape = { op: 'count_over_time', rangeNs: 10n, grid: grid(10n, 20n, 10n) };
    const whole = printBlock(await aggregate(shape, [[rows]]));
    expect(whole).toEqual(['{app="a", pod="1"} 2 1', '{app="a", pod="2"} 1 _', '{app="b", pod="1"} _ 1']);
    expect(printBlock(await aggregate(shape, [rows.map((one) => [one])]))).toEqual(whole);
    expect(printBlock(await aggregate(shape, [[rows.slice(0, 1)], [[], rows.slice(1)], []]))).toEqual(whole);
  });

  test('bytes are those of the line, in UTF-8', async () => {
    const shape: Shape = { op: 'bytes_over_time', rangeNs: 10n, grid: grid(10n, 10n, 0n) };
    expect(printBlock(await aggregate(shape, [[[row(0, 1n, undefined, 'é'), row(0, 2n, undefined, 'abc')]]]))).toEqual([
      '{app="a", pod="1"} 5',
    ]);
    const rate: Shape = { op: 'bytes_rate', rangeNs: 2_000_000_000n, grid: grid(10n, 10n, 0n) };
    expect(printBlock(await aggregate(rate, [[[row(0, 1n, undefined, 'abc')]]]))).toEqual(['{app="a", pod="1"} 1.5']);
  });

  test('groupings: metadata belongs to the series, the unwrapped label does not (facts 42 to 44)', async () => {
    const rows = [[[row(0, 1n, '1'), row(0, 2n, '2'), row(1, 3n, '2'), row(2, 4n)]]];
    const shape: Shape = { op: 'count_over_time', rangeNs: 10n, grid: grid(10n, 10n, 0n) };
    const of = async (changes: Partial<Shape>): Promise<string[]> =>
      printBlock(await aggregate({ ...shape, ...changes }, rows));
    expect(await of({})).toEqual([
      '{app="a", pod="1", v="1"} 1',
      '{app="a", pod="1", v="2"} 1',
      '{app="a", pod="2", v="2"} 1',
      '{app="b", pod="1"} 1',
    ]);
    expect(await of({ grouping: { without: false, names: ['v', 'none'] } })).toEqual([
      '{} 1',
      '{v="1"} 1',
      '{v="2"} 2',
    ]);
    expect(await of({ grouping: { without: true, names: ['pod', 'v'] } })).toEqual(['{app="a"} 3', '{app="b"} 1']);
    expect(await of({ op: 'sum_over_time', unwrap: 'v' })).toEqual(['{app="a", pod="1"} 3', '{app="a", pod="2"} 2']);
    expect(await of({ op: 'sum_over_time', unwrap: 'v', grouping: { without: false, names: ['v'] } })).toEqual([
      '{v="1"} 1',
      '{v="2"} 4',
    ]);
  });

  test('NaN and infinities (fact 35)', async () => {
    const rows = [[['NaN', '1', '+Inf', '2'].map((v, i) => row(0, BigInt(i + 1), v))]];
    const shape = { unwrap: 'v', rangeNs: 10n, grid: grid(10n, 10n, 0n) };
    const of = async (op: RangeAggregationOp): Promise<string[]> => printBlock(await aggregate({ ...shape, op }, rows));
    expect(await of('max_over_time')).toEqual(['{app="a", pod="1"} Infinity']);
    expect(await of('min_over_time')).toEqual(['{app="a", pod="1"} 1']);
    expect(await of('avg_over_time')).toEqual(['{app="a", pod="1"} NaN']);
  });

  test('quantiles outside of 0 to 1 are infinite, NaN sorts first (fact 37)', async () => {
    const rows = [[['3', 'NaN', '1'].map((v, i) => row(0, BigInt(i + 1), v))]];
    const shape = { op: 'quantile_over_time', unwrap: 'v', rangeNs: 10n, grid: grid(10n, 10n, 0n) } as const;
    const of = async (parameter: number): Promise<number> => (await aggregate({ ...shape, parameter }, rows)).values[0];
    expect(await of(-1)).toBe(-Infinity);
    expect(await of(2)).toBe(Infinity);
    expect(await of(0)).toBeNaN();
    expect(await of(0.75)).toBe(2);
    expect(await of(1)).toBe(3);
  });

  test('rate_counter adds up increases over resets (fact 39)', async () => {
    const second = 1_000_000_000n;
    const values = ['10', '20', '5', '15'];
    const rows = [[values.map((v, i) => row(0, BigInt(i + 1) * 10n * second, v))]];
    const shape: Shape = {
      op: 'rate_counter',
      unwrap: 'v',
      rangeNs: 60n * second,
      grid: grid(60n * second, 60n * second, 0n),
    };
    // 10 to 20, then 5 after the reset, then 10 more.
    expect((await aggregate(shape, rows)).values[0]).toBeCloseTo(25 / 60, 5);
    expect((await aggregate(shape, [[rows[0][0].slice(0, 1)]])).values[0]).toBe(0);
  });

  test('absent_over_time is 1 where nothing is (facts 40, 41)', async () => {
    const shape: Shape = { op: 'absent_over_time', rangeNs: 10n, grid: grid(10n, 30n, 10n) };
    expect(printBlock(await aggregate(shape, [[[row(0, 15n), row(2, 16n)]]]))).toEqual(['{app="a"} 1 _ 1']);
    expect(printBlock(await aggregate(shape, []))).toEqual(['{app="a"} 1 1 1']);
    expect(printBlock(await aggregate(shape, [[[row(0, 5n), row(0, 15n), row(2, 26n)]]]))).toEqual([]);
  });

  test('an error on a sample fails the query, in a window only (facts 49, 50)', async () => {
    const shape: Shape = { op: 'sum_over_time', unwrap: 'v', rangeNs: 10n, grid: grid(10n, 10n, 0n) };
    await expect(aggregate(shape, [[[row(0, 5n, 'x')]]])).rejects.toMatchObject({
      code: 'pipeline_error',
      message:
        `pipeline error: 'SampleExtractionErr' for series: '{__error__="SampleExtractionErr", ` +
        `__error_details__="strconv.ParseFloat: parsing \\"x\\": invalid syntax", app="a", pod="1", v="x"}'.\n` +
        `Use a label filter to intentionally skip this error. (e.g | __error__!="SampleExtractionErr").\n` +
        `To skip all potential errors you can match empty errors.(e.g __error__="")\n` +
        `The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )\n`,
    });
    expect(printBlock(await aggregate(shape, [[[row(0, 50n, 'x'), row(0, 5n, '2')]]]))).toEqual([
      '{app="a", pod="1"} 2',
    ]);
  });

  test('of several errors the earliest entry has its say, whoever finds it', async () => {
    const shape: Shape = { op: 'sum_over_time', unwrap: 'v', rangeNs: 10n, grid: grid(10n, 30n, 10n) };
    const early = [row(2, 6n, '1'), row(1, 7n, 'early'), row(0, 8n, 'later')];
    const tied = [row(0, 7n, 'of-the-first-stream')];
    const late = [row(0, 20n, 'late'), row(0, 25n, '2')];
    for (const workers of [[[early, late]], [[late, early]], [[early], [late]], [[late], [early]]]) {
      await expect(aggregate(shape, workers)).rejects.toThrow('v="early"');
    }
    for (const workers of [[[early, tied]], [[tied], [late, early]]]) {
      await expect(aggregate(shape, workers)).rejects.toThrow('v="of-the-first-stream"');
    }
  });

  test('cancellation stops it, close may come twice, the budget is given back', async () => {
    const control = testControl();
    const context = testFragmentContext({ streams: STREAMS, control });
    const node = nodeOf({ op: 'count_over_time', rangeNs: 10n, grid: grid(10n, 10n, 0n) }, 'Partial');
    const input = new ListOperator(
      [batchOfRows([row(0, 1n)], STREAMS), batchOfRows([row(0, 2n)], STREAMS)],
      (index) => {
        if (index === 1) cancelQuery(control);
      },
    );
    const operator = new RangeAggregatePartial(node, input, null, context);
    await operator.open();
    await expect(operator.next()).rejects.toMatchObject({ code: 'cancelled' });
    operator.close();
    operator.close();
    expect(input.closed).toBe(2);
  });

  test('more groups than the budget allows are a clear error', async () => {
    const context = testFragmentContext({ streams: STREAMS, control: testControl(MIB / 4) });
    const node = nodeOf({ op: 'count_over_time', rangeNs: 10n, grid: grid(10n, 10n, 0n) }, 'Partial');
    const rows = Array.from({ length: 8000 }, (_, i) => row(0, 5n, `value-${i}`));
    const operator = new RangeAggregatePartial(node, new ListOperator([batchOfRows(rows, STREAMS)]), null, context);
    await operator.open();
    await expect(operator.next()).rejects.toMatchObject({ code: 'query_limit' });
  });
});
