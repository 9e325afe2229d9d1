import { describe, expect, test } from 'vitest';
import { parseQuery } from '../grammar/parse.ts';
import type { Analysis, OperatorAnalysis } from './analysis.ts';
import { explainJson, explainText } from './explain.ts';
import { planQuery, type PlannedQuery } from './plan-query.ts';
import { FROM_EPOCH, PARAMS } from './testing/plans.ts';
import { FixedCatalog, head, rowGroup } from './testing/units.ts';

const CLOCK = { nowNs: () => 0n, nowMs: () => 0, monotonicMs: () => 0 };

function plan(query: string): Promise<PlannedQuery> {
  const catalog = new FixedCatalog([rowGroup(4000n, 5000n), head(6000n, 6500n)]);
  return planQuery(parseQuery(query), PARAMS, { catalog, tenant: 'tenant', clock: CLOCK });
}

/** A run in which the scan (node 0) and the counter (node 1) did something. */
const ANALYSIS: Analysis = {
  execMs: 12.345,
  queueMs: 0.5,
  linesProcessed: 107,
  bytesProcessed: 5350,
  linesPostFilter: 40,
  entriesReturned: 0,
  headLines: 7,
  pagesRead: 4,
  pageBytesStored: 4000,
  pageBytesRaw: 16_000,
  unitsTotal: 2,
  unitsRead: 2,
  operators: new Map<number, OperatorAnalysis>([
    [
      1,
      {
        rowsIn: 107,
        rowsOut: 40,
        batches: 2,
        ms: 1.5,
        columns: new Map([
          ['timestamp', { pages: 2, storedBytes: 2000, rawBytes: 8000 }],
          ['line', { pages: 2, storedBytes: 2000, rawBytes: 8000 }],
        ]),
      },
    ],
    [2, { rowsIn: 40, rowsOut: 1, batches: 1, ms: 0.25, columns: new Map() }],
  ]),
  workers: [
    { worker: 0, tasks: 1, busyMs: 3, peakBytes: 65_536 },
    { worker: 1, tasks: 1, busyMs: 2.5, peakBytes: 1_000_000 },
  ],
};

describe('explainText', () => {
  test('a plan', async () => {
    const planned = await plan('{app="api"} |~ "error" | json');
    expect(explainText(planned, null, { times: FROM_EPOCH })).toMatchInlineSnapshot(`
      "Logical plan
      ------------
      TopK sort=timestamp:desc k=10
      └── Parse json
          └── Filter line matches "error"
              └── Scan matchers={app="api"} range=[3600s,7200s) columns=[timestamp, line, metadata]

      Rules that fired
      ----------------
      SimplifyRegex
      PushDownLineFilter
      PushDownLimit
      PruneBySkipIndex
      PushDownProjection

      Optimized logical plan
      ----------------------
      Parse json
      └── TopK sort=timestamp:desc k=10 late=[line, metadata]
          └── Scan matchers={app="api"} range=[3600s,7200s) line=[contains "error"] columns=[timestamp]

      Physical plan
      -------------
      TopK sort=timestamp:desc k=10
      └── ExchangeSource fragment=0

      Fragment 0
      ----------
      reads at most 2 streams, 2 units, 107 rows (5.4 kB of lines), 8 pages (8.0 kB)
      catalog: 2 of 9 chunks, 2 of 8 row groups, 7 rows in the head, 0.50 ms
      ExchangeSink
      └── Parse json
          └── TopK sort=timestamp:desc k=10 late=[line, metadata]
              └── ChunkScan matchers={app="api"} range=[3600s,7200s) line=[contains "error"] columns=[timestamp]

      Planning
      --------
      0.00 ms
      "
    `);
  });

  test('verbose: the plan after every change', async () => {
    const planned = await plan('{app="api"} |~ "error" | json');
    const text = explainText(planned, null, { verbose: true, times: FROM_EPOCH });
    const titles = text.split('\n').filter((_, i, lines) => lines[i + 1]?.startsWith('---'));
    expect(titles).toEqual([
      'Logical plan',
      'Rules that fired',
      'After SimplifyRegex',
      'After PushDownLineFilter',
      'After PushDownLimit',
      'After PruneBySkipIndex',
      'After PushDownProjection',
      'Optimized logical plan',
      'Physical plan',
      'Fragment 0',
      'Planning',
    ]);
  });

  test('with what a run did', async () => {
    const planned = await plan('count_over_time({app="api"} |= "x" [1m])');
    const text = explainText(planned, ANALYSIS, { times: FROM_EPOCH });
    expect(text.slice(text.indexOf('Physical plan'))).toMatchInlineSnapshot(`
      "Physical plan
      -------------
      RangeAggregate Final count_over_time range=1m from=3600s to=7200s step=60s
      └── ExchangeSource fragment=0

      Fragment 0
      ----------
      reads at most 2 streams, 2 units, 107 rows (5.4 kB of lines), 8 pages (8.0 kB)
      catalog: 2 of 9 chunks, 2 of 8 row groups, 7 rows in the head, 0.50 ms
      counts: rows are read, rows are filtered
      ExchangeSink
      └── RangeAggregate Partial count_over_time range=1m from=3600s to=7200s step=60s  (rows 40 → 1, 1 batch, 0.25 ms)
          └── ChunkScan matchers={app="api"} range=[3540.000000001s,7200.000000001s) line=[contains "x"] columns=[timestamp, metadata]  (rows 107 → 40, 2 batches, 1.50 ms)
                    line: 2 pages, 2.0 kB stored, 8.0 kB raw
                    timestamp: 2 pages, 2.0 kB stored, 8.0 kB raw

      Planning
      --------
      0.00 ms

      Execution
      ---------
      12.35 ms, 0.50 ms in the queue
      lines: 107 processed (5.4 kB; 7 from the head), 40 passed the filters, 0 returned
      units: 2 of 2 read
      pages: 4 read, 4.0 kB stored, 16 kB raw

      Workers
      -------
      worker 0: 1 task, busy 3.00 ms, peak 66 kB
      worker 1: 1 task, busy 2.50 ms, peak 1.0 MB
      "
    `);
  });

  test('times are RFC 3339 unless asked otherwise', async () => {
    expect(explainText(await plan('{app="api"}'), null)).toContain('range=[1970-01-01T01:00:00Z,1970-01-01T02:00:00Z)');
  });
});

describe('explainJson', () => {
  test('survives JSON and has every node with its text, fields and inputs', async () => {
    const json = explainJson(await plan('sum(rate({app="api"} | json | c>5 [1m]))'), ANALYSIS, { times: FROM_EPOCH });
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json).toMatchObject({
      logical: {
        text: 'VectorAggregation sum',
        kind: 'VectorAggregation',
        op: 'sum',
        inputs: [
          {
            kind: 'RangeAggregation',
            rangeNs: '60000000000',
            inputs: [{ kind: 'Pipe', stage: { kind: 'LabelFilter' } }],
          },
        ],
      },
      rulesFired: ['PushDownGrouping', 'PushDownProjection'],
      physical: {
        estimate: { units: 2, rows: 107 },
        root: {
          kind: 'VectorAggregate',
          inputs: [{ kind: 'RangeAggregate', mode: 'Final', statistics: { rowsIn: 107 } }],
        },
        fragments: [{ id: 0, catalog: { chunksTotal: 9 }, root: { kind: 'ExchangeSink' } }],
      },
      analysis: { execMs: 12.345, workers: [{ worker: 0 }, { worker: 1 }] },
    });
  });

  test('verbose adds the steps', async () => {
    const planned = await plan('{app="api"} |= "x"');
    expect(explainJson(planned, null)).not.toHaveProperty('steps');
    expect(explainJson(planned, null, { verbose: true })).toMatchObject({
      steps: [
        { rule: 'PushDownLineFilter', plan: { kind: 'TopK' } },
        { rule: 'PruneBySkipIndex', plan: { kind: 'TopK' } },
        { rule: 'PushDownProjection', plan: { kind: 'TopK' } },
      ],
      analysis: null,
    });
  });

  test('numbers that JSON lacks are text', async () => {
    const json = explainJson(await plan('vector(1) / (0 / 0)'), null);
    expect(json).toMatchObject({ optimized: { kind: 'VectorLiteral', value: 'NaN' } });
  });
});
