import { describe, expect, test } from 'vitest';
import type { HeadUnit, RowGroupUnit, ScanUnit } from '../../src/common/scan-unit.ts';
import { createUnitTable, UnitQueue } from './unit-table.ts';

const base = { rowCount: 1, lineBytes: 1, excluded: [] };

function rowGroup(chunkKey: string, number: number, time: bigint): RowGroupUnit {
  const runs = {
    stream: new Uint32Array(0),
    firstRow: new Uint32Array(0),
    rowCount: new Uint32Array(0),
    minTimestamp: new BigInt64Array(0),
    maxTimestamp: new BigInt64Array(0),
    lineBytes: new Float64Array(0),
  };
  return {
    ...base,
    kind: 'RowGroup',
    chunkKey,
    rowGroup: number,
    totalRows: 1,
    soundJson: false,
    runs,
    columns: [],
    minTimestamp: time,
    maxTimestamp: time,
  };
}

function head(blockId: string, firstRow: number): HeadUnit {
  return {
    ...base,
    kind: 'Head',
    blockId,
    firstRow,
    totalRows: 1,
    streamMap: new Uint32Array(1),
    minTimestamp: 0n,
    maxTimestamp: 0n,
  };
}

const always = () => ({ start: 0n, end: 1000n });

describe('unit table', () => {
  test('two queues share the units: each is taken once, in order', () => {
    const units: ScanUnit[] = Array.from({ length: 200 }, (_, i) => rowGroup('t/d/chunk/01.arrow', i, BigInt(i)));
    const table = createUnitTable(units);
    const queues = [new UnitQueue(table), new UnitQueue(table)];
    const taken: (RowGroupUnit & { rank: number })[] = [];
    for (let i = 0; ; i++) {
      const next = queues[i % 2].take(always);
      if (next === null) break;
      taken.push({ ...(next.unit as RowGroupUnit), rank: next.rank });
    }
    expect(taken.map((unit) => unit.rowGroup)).toEqual(units.map((_, i) => i));
    expect(taken.map(({ rank }) => rank)).toEqual(units.map((_, i) => i));
    expect(queues[0].take(always)).toBeNull();
  });

  test('units outside of the range of the moment are skipped', () => {
    const table = createUnitTable([30n, 20n, 10n].map((time, i) => rowGroup('t/d/chunk/01.arrow', i, time)));
    const queue = new UnitQueue(table);
    expect(queue.take(() => ({ start: 0n, end: 30n }))?.unit.minTimestamp).toBe(20n);
    expect(queue.take(() => ({ start: 11n, end: 30n }))).toBeNull();
  });

  test('ranks are the order of arrival: chunks by name, then row groups, then head blocks by number', () => {
    const units = [
      head('t/10', 0),
      head('t/9', 5),
      head('t/9', 0),
      rowGroup('t/d2/chunk/02.arrow', 0, 0n),
      rowGroup('t/d1/chunk/03.arrow', 0, 0n),
      rowGroup('t/d2/chunk/02.arrow', 1, 0n),
    ];
    expect([...createUnitTable(units).ranks]).toEqual([5, 4, 3, 0, 2, 1]);
  });

  test('no units', () => {
    expect(new UnitQueue(createUnitTable([])).take(always)).toBeNull();
  });
});
