import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScanUnit } from '../../src/common/scan-unit.ts';
import type { QueryParams } from '../logical/query-params.ts';
import { printPhysicalPlan } from '../print/physical.ts';
import { FROM_EPOCH, logicalPlan, optimizedPlan } from '../testing/plans.ts';
import { anyQuery } from '../testing/queries.ts';
import { FixedCatalog, head, rowGroup, STREAMS } from '../testing/units.ts';
import { buildPhysicalPlan } from './build.ts';
import type { PhysicalNode, PhysicalPlan } from './plan.ts';
import { inputsOf } from './visit.ts';

async function build(
  query: string,
  units: readonly ScanUnit[] = [],
  params: Partial<QueryParams> = {},
): Promise<PhysicalPlan> {
  return buildPhysicalPlan(optimizedPlan(query, params), new FixedCatalog(units), 'tenant');
}

async function printed(query: string, params: Partial<QueryParams> = {}): Promise<string> {
  return `\n${printPhysicalPlan(await build(query, [], params), FROM_EPOCH)}\n`;
}

describe('the cut at exchanges', () => {
  test('a log query: candidates below, the merge above', async () => {
    expect(await printed('{app="api"} |= "x" | json | line_format "{{.c}}"')).toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── ExchangeSource fragment=0
      fragment 0
      ExchangeSink
      └── Format line "{{.c}}"
          └── Parse json
              └── TopK sort=timestamp:desc k=10 late=[line, metadata]
                  └── ChunkScan matchers={app="api"} range=[3600s,7200s) line=[contains "x"] columns=[timestamp]
      "
    `);
  });

  test('an interval: pipeline below, order and thinning above', async () => {
    expect(await printed('{app="api"} | json', { intervalNs: 5_000_000_000n, direction: 'forward' }))
      .toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:asc k=10
      └── Sample interval=5s
          └── TopK sort=timestamp:asc k=all
              └── ExchangeSource fragment=0
      fragment 0
      ExchangeSink
      └── Parse json
          └── ChunkScan matchers={app="api"} range=[3600s,7200s) columns=[timestamp, line, metadata]
      "
    `);
  });

  test('a ratio: two fragments, partial and final aggregation', async () => {
    const query = 'sum by (app) (rate({app="api"} |= "x" [1m])) / sum by (app) (rate({app="api"}[1m]))';
    expect(await printed(query)).toMatchInlineSnapshot(`
      "
      BinaryOp /
      ├── VectorAggregate sum by (app)
      │   └── RangeAggregate Final rate range=1m by (app) from=3600s to=7200s step=60s
      │       └── ExchangeSource fragment=0
      └── VectorAggregate sum by (app)
          └── RangeAggregate Final rate range=1m by (app) from=3600s to=7200s step=60s
              └── ExchangeSource fragment=1
      fragment 0
      ExchangeSink
      └── RangeAggregate Partial rate range=1m by (app) from=3600s to=7200s step=60s
          └── ChunkScan matchers={app="api"} range=[3540.000000001s,7200.000000001s) line=[contains "x"] columns=[timestamp]
      fragment 1
      ExchangeSink
      └── RangeAggregate Partial rate range=1m by (app) from=3600s to=7200s step=60s
          └── ChunkScan matchers={app="api"} range=[3540.000000001s,7200.000000001s) columns=[timestamp] count-from=minutes
      "
    `);
  });

  test('every metric node', async () => {
    const query =
      'label_replace(topk(2, absent_over_time({app="api", env="x", env!="y", z=""}[1m])), "d", "$1", "s", "(.*)") or vector(0) > 1';
    expect(await printed(query)).toMatchInlineSnapshot(`
      "
      BinaryOp or
      ├── LabelReplace d="$1" from s matches "(.*)"
      │   └── VectorAggregate topk parameter=2
      │       └── RangeAggregate Final absent_over_time range=1m from=3600s to=7200s step=60s absent={app="api"}
      │           └── ExchangeSource fragment=0
      └── BinaryOp >
          ├── VectorLiteral 0
          └── NumberLiteral 1
      fragment 0
      ExchangeSink
      └── RangeAggregate Partial absent_over_time range=1m from=3600s to=7200s step=60s absent={app="api"}
          └── ChunkScan matchers={app="api", env="x", env!="y", z=""} range=[3540.000000001s,7200.000000001s) columns=[timestamp] count-from=minutes
      "
    `);
  });

  test('node ids are unique, sinks are on top of fragments and sources name one each', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuery, async (query) => {
        const plan = await build(query);
        const nodes = [plan.root, ...plan.fragments.map(({ root }) => root)].flatMap(flatten);
        expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
        const sources = nodes.flatMap((node) => (node.kind === 'ExchangeSource' ? [node.fragment] : []));
        expect(sources.toSorted((a, b) => a - b)).toEqual(plan.fragments.map(({ id }) => id));
        for (const { root } of plan.fragments) expect(flatten(root).at(-1)?.kind).toBe('ChunkScan');
      }),
    );
  });
});

function flatten(node: PhysicalNode): PhysicalNode[] {
  return [node, ...inputsOf(node).flatMap(flatten)];
}

describe('units', () => {
  const units = [rowGroup(4000n, 5000n), head(6000n, 6500n), rowGroup(3000n, 7000n), rowGroup(4000n, 4100n)];
  const bounds = ({ fragments: [fragment] }: PhysicalPlan): string[] =>
    fragment.units.map(({ minTimestamp, maxTimestamp }) => `${minTimestamp / 10n ** 9n}-${maxTimestamp / 10n ** 9n}`);

  test('are read in the direction of the query', async () => {
    expect(bounds(await build('{app="api"}', units))).toEqual(['3000-7000', '6000-6500', '4000-5000', '4000-4100']);
    expect(bounds(await build('{app="api"}', units, { direction: 'forward' }))).toEqual([
      '3000-7000',
      '4000-5000',
      '4000-4100',
      '6000-6500',
    ]);
  });

  test('outside of the range are left out', async () => {
    const around = [rowGroup(1n, 3599n), rowGroup(1n, 3600n), rowGroup(7199n, 9000n), rowGroup(7200n, 9000n)];
    expect(bounds(await build('{app="api"}', around))).toEqual(['7199-9000', '1-3600']);
  });

  test('of equal selections are looked up once', async () => {
    const catalog = new FixedCatalog(units);
    const query = 'rate({app="api"} |= "x" [1m]) / rate({app="api"}[1m]) + rate({app="api"}[2m])';
    const { fragments } = await buildPhysicalPlan(logicalPlan(query), catalog, 'tenant');
    expect(fragments.length).toBe(3);
    expect(catalog.requests.map(({ tenant, range }) => [tenant, range.start])).toEqual([
      ['tenant', 3_540_000_000_001n],
      ['tenant', 3_480_000_000_001n],
    ]);
  });

  test('of an empty range are not looked up', async () => {
    const catalog = new FixedCatalog(units);
    const { fragments } = await buildPhysicalPlan(optimizedPlan('{app="api"} != ""'), catalog, 'tenant');
    expect(catalog.requests).toEqual([]);
    expect(fragments[0]).toMatchObject({ streams: [], units: [] });
  });

  test('a failing catalog fails the plan', async () => {
    const catalog = { find: () => Promise.reject(new Error('no index')) };
    await expect(buildPhysicalPlan(logicalPlan('{app="api"}'), catalog, 'tenant')).rejects.toThrow('no index');
  });
});

describe('estimates', () => {
  const columns = ['stream', 'timestamp', 'line', 'level', 'metadata.trace_id', 'metadata'];
  const units = [rowGroup(4000n, 5000n, columns), head(6000n, 6500n)];
  /** Two pages per column. */
  const columnsRead = async (query: string): Promise<number> => (await build(query, units)).estimate.pages / 2;

  test.each([
    ['sum(count_over_time({app="api"}[1m]))', 1],
    ['sum by (detected_level) (count_over_time({app="api"}[1m]))', 2],
    ['sum by (trace_id) (count_over_time({app="api"}[1m]))', 2],
    ['sum by (other) (count_over_time({app="api"}[1m]))', 2],
    ['sum by (other, trace_id) (count_over_time({app="api"}[1m]))', 3],
    ['sum(count_over_time({app="api"} |= "x" [1m]))', 2],
    ['sum(count_over_time({app="api"} | trace_id="x" [1m]))', 2],
    ['count_over_time({app="api"}[1m])', 4],
    ['{app="api"}', 5],
  ])('%s reads %i columns', async (query, expected) => {
    expect(await columnsRead(query)).toBe(expected);
  });

  test('add up over units and fragments', async () => {
    const { estimate, fragments } = await build('rate({app="api"}[1m]) + rate({app="api"}[1m])', units);
    const each = { streams: STREAMS.length, units: 2, rows: 107, lineBytes: 5350, pages: 8, pageBytes: 8000 };
    expect(fragments.map((fragment) => fragment.estimate)).toEqual([each, each]);
    expect(estimate).toEqual({ streams: 4, units: 4, rows: 214, lineBytes: 10_700, pages: 16, pageBytes: 16_000 });
  });

  test('count the parts of an overlap', async () => {
    const parts = [rowGroup(4000n, 5000n), rowGroup(4500n, 5000n)];
    const { minTimestamp, maxTimestamp } = parts[0];
    const overlap: ScanUnit = {
      kind: 'Overlap',
      minTimestamp,
      maxTimestamp,
      ranges: [],
      parts,
      excluded: [],
      rowCount: 150,
      lineBytes: 9,
    };
    const { estimate } = await build('sum(rate({app="api"}[1m]))', [overlap]);
    expect(estimate).toMatchObject({ units: 1, rows: 150, lineBytes: 9, pages: 4, pageBytes: 4000 });
  });
});
