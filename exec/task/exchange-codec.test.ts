import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import { groupLabels, NO_GROUPS, packGroups } from '../aggregate/group-list.ts';
import type { PartialAggregate } from '../aggregate/partial-aggregate.ts';
import type { LogRows } from '../operators/log-rows.ts';
import { decodeExchange, encodeExchange, type ExchangeItem } from './exchange-codec.ts';

const labels = fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }).map((record) => Labels.fromRecord(record));

function groupTexts(partial: PartialAggregate): string[] {
  const { groups } = partial;
  return ('shapes' in groups ? groupLabels(groups) : groups).map(String);
}

/** Plain values of an item. */
function plain(item: ExchangeItem): unknown {
  const columns = item.kind === 'Rows' ? { ...item.rows } : { ...item.partial };
  return JSON.parse(
    JSON.stringify(
      { ...columns, ...(item.kind === 'Partial' ? { groups: groupTexts(item.partial) } : {}) },
      (_, value) =>
        typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) || Object.is(value, -0)
          ? `${Object.is(value, -0) ? '-' : ''}${String(value)}`
          : ArrayBuffer.isView(value)
            ? Array.from(value as unknown as ArrayLike<unknown>)
            : (value as unknown),
    ),
  );
}

const roundTrip = (item: ExchangeItem): unknown => plain(decodeExchange(encodeExchange(item)));

describe('exchange codec', () => {
  test('cells', () => {
    fc.assert(
      fc.property(
        fc.array(labels, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(3), fc.nat(1000), fc.double(), fc.double()), { maxLength: 20 }),
        (groups, cells) => {
          const item: ExchangeItem = {
            kind: 'Partial',
            partial: {
              kind: 'Cells',
              groups: packGroups(groups),
              count: cells.length,
              group: Uint32Array.from(cells, ([group]) => group % groups.length),
              bucket: Int32Array.from(cells, ([, bucket]) => bucket),
              fields: [Float64Array.from(cells, (cell) => cell[2]), Float64Array.from(cells, (cell) => cell[3])],
            },
          };
          expect(roundTrip(item)).toEqual(plain(item));
        },
      ),
    );
  });

  test('cells of groups that the coordinator has numbered', () => {
    const partial: PartialAggregate = {
      kind: 'Cells',
      groups: NO_GROUPS,
      count: 2,
      group: Uint32Array.of(70_000, 3),
      bucket: Int32Array.of(0, 1),
      fields: [Float64Array.of(1, 2)],
    };
    expect(roundTrip({ kind: 'Partial', partial })).toEqual(plain({ kind: 'Partial', partial }));
  });

  test('the entry that fails a query', () => {
    const groups = [
      Labels.fromRecord({ app: 'a' }),
      Labels.fromRecord({ app: 'a', __error__: 'JSONParserErr' }),
    ] as const;
    const item: ExchangeItem = {
      kind: 'Partial',
      partial: { kind: 'Failed', count: 0, timestampNs: 2n ** 62n + 1n, groups },
    };
    expect(roundTrip(item)).toEqual(plain(item));
  });

  test('samples, from columns that are longer than their count', () => {
    const item = (slack: number): ExchangeItem => ({
      kind: 'Partial',
      partial: {
        kind: 'Samples',
        groups: packGroups([Labels.fromRecord({ a: 'ä"\n' }), Labels.empty]),
        count: 2,
        group: Uint32Array.from([1, 0, 7]).subarray(0, 2 + slack),
        timestamp: BigInt64Array.from([-1n, 2n ** 62n, 9n]).subarray(0, 2 + slack),
        rank: Uint32Array.from([3, 4, 5]).subarray(0, 2 + slack),
        value: Float64Array.from([NaN, -0, 1]).subarray(0, 2 + slack),
      },
    });
    expect(roundTrip(item(1))).toEqual(plain(item(0)));
  });

  test('values, from columns that are longer than their count', () => {
    const item = (slack: number): ExchangeItem => ({
      kind: 'Partial',
      partial: {
        kind: 'Values',
        groups: packGroups([Labels.fromRecord({ a: 'b' }), Labels.empty]),
        count: 2,
        group: Uint32Array.from([1, 0, 7]).subarray(0, 2 + slack),
        bucket: Uint32Array.from([3, 4, 5]).subarray(0, 2 + slack),
        value: Float64Array.from([NaN, -0, 1]).subarray(0, 2 + slack),
      },
    });
    expect(roundTrip(item(1))).toEqual(plain(item(0)));
  });

  const rows: LogRows = {
    rowCount: 3,
    timestamp: BigInt64Array.from([1n, 2n, 3n]),
    stream: Uint32Array.from([0, 1, 0]),
    rank: Uint32Array.from([0, 0, 2]),
    position: Uint32Array.from([5, 6, 7]),
    line: { offsets: Uint32Array.from([0, 1, 1, 4]), values: new TextEncoder().encode('x日') },
    labelSet: Uint32Array.from([0, 1, 0]),
    labelSets: [null, { stream: [['a', 'b']], metadata: [['c', '']], parsed: [['__error__', 'é"']] }],
  };

  test('rows', () => {
    expect(roundTrip({ kind: 'Rows', rows })).toEqual(plain({ kind: 'Rows', rows }));
  });

  test('no rows at all', () => {
    const none: LogRows = {
      ...rows,
      rowCount: 0,
      timestamp: new BigInt64Array(0),
      stream: new Uint32Array(0),
      rank: new Uint32Array(0),
      position: new Uint32Array(0),
      line: { offsets: new Uint32Array(1), values: new Uint8Array(0) },
      labelSet: new Uint32Array(0),
      labelSets: [null],
    };
    expect(roundTrip({ kind: 'Rows', rows: none })).toEqual(plain({ kind: 'Rows', rows: none }));
  });

  test('is an Arrow IPC stream that others can read', () => {
    const table = tableFromIPC(encodeExchange({ kind: 'Rows', rows }));
    expect(table.toArray().map((row) => (row as { line: string }).line)).toEqual(['x', '', '日']);
  });
});
