import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANY_LEVEL } from '../../src/common/minute-counts.ts';
import type { MinuteTable } from '../index/minute-table.ts';
import { DAY_START } from './testing/arbitrary-entries.ts';
import { buildCut, type PlainEntry } from './testing/build-cut.ts';
import { sortRows } from './sort-rows.ts';
import { splitDays } from './split-days.ts';
import { writeChunk, type WrittenChunk } from './write-chunk.ts';
import { must } from '../../src/common/assert.ts';

const MINUTE = 60_000_000_000n;

function chunkOf(entries: readonly PlainEntry[], rowsMax = 1000): WrittenChunk {
  const cut = buildCut(entries);
  const [day] = splitDays(cut);
  const rowGroupLimits = { rowsMax, lineBytesMax: 1 << 20, lineBytesTarget: 1 << 20 };
  return writeChunk(cut, sortRows(cut, must(day)), { codec: 'zstd', rowGroupLimits });
}

interface Cell {
  readonly minute: number;
  readonly level: number;
  readonly rows: number;
  readonly bytes: number;
}

function cellsOf({ firstCell, minute, level, rowCount, lineBytes }: MinuteTable, range: number): Cell[] {
  const cells: Cell[] = [];
  let at = 0;
  for (let i = firstCell[range]; i < firstCell[range + 1]; i++) {
    at += minute[i];
    cells.push({ minute: at, level: level[i], rows: rowCount[i], bytes: lineBytes[i] });
  }
  return cells;
}

const entry = (app: string, timestamp: bigint, level: string): PlainEntry => ({
  labels: { app },
  timestamp: DAY_START + timestamp,
  line: 'x'.repeat(Number(timestamp % 5n)),
  ...(level === '' ? {} : { level }),
});

test('a minute ends with its last nanosecond and the next begins behind it', () => {
  const times = [0n, 1n, MINUTE - 1n, MINUTE, MINUTE, MINUTE + 1n, MINUTE + 2n, 2n * MINUTE, 2n * MINUTE, MINUTE + 3n];
  const { minuteCounts } = chunkOf([...times, ...times, ...times].map((time) => entry('a', time, 'info')));
  expect(cellsOf(must(minuteCounts), 0).map(({ minute, level, rows }) => [minute, level, rows])).toEqual([
    [0, 1, 3],
    [1, 1, 12],
    [2, 1, 15],
  ]);
});

test('levels where they pay, else minutes, else nothing', () => {
  const busy = Array.from({ length: 20 }, (_, i) => entry('busy', BigInt(i + 1), i < 10 ? 'info' : ''));
  const mixed = Array.from({ length: 10 }, (_, i) => entry('mixed', BigInt(i + 1), 'abcdefghij'[i] ?? ''));
  const rare = Array.from({ length: 10 }, (_, i) => entry('rare', BigInt(i) * MINUTE, 'info'));
  const { minuteCounts, columns } = chunkOf([...busy, ...mixed, ...rare]);
  const table = must(minuteCounts);
  expect(cellsOf(table, 0).map(({ level, rows }) => [level, rows])).toEqual([
    [0, 10],
    [1, 10],
  ]);
  expect(must(columns.find(({ name }) => name === 'level')?.dictionary)[0]).toBe('info');
  expect(cellsOf(table, 1).map(({ level, rows }) => [level, rows])).toEqual([[ANY_LEVEL, 10]]);
  expect(cellsOf(table, 2)).toEqual([]);
});

test('nothing at all where nothing pays', () => {
  expect(chunkOf([entry('a', 1n, 'info'), entry('b', 2n, 'info')]).minuteCounts).toBeNull();
});

test('cells say what the entries say', () => {
  const anyEntry = fc
    .tuple(fc.constantFrom('a', 'b'), fc.bigInt({ min: 0n, max: 4n * MINUTE }), fc.constantFrom('info', 'error', ''))
    .map(([app, time, level]) => entry(app, time, level));
  fc.assert(
    fc.property(fc.array(anyEntry, { minLength: 1, maxLength: 200 }), fc.constantFrom(30, 1000), (entries, rowsMax) => {
      const { minuteCounts: table, rowRanges, columns } = chunkOf(entries, rowsMax);
      if (table === null) return;
      const levels = ['', ...(columns.find(({ name }) => name === 'level')?.dictionary ?? [])];
      const apps = [...new Set(entries.map(({ labels }) => labels['app']))].sort();
      for (const app of apps) {
        const ranges = [...rowRanges.stream.keys()].filter((i) => apps[must(rowRanges.stream[i])] === app);
        const isCounted = ranges.every((range) => cellsOf(table, range).length > 0);
        const cells = ranges.flatMap((range) => cellsOf(table, range));
        if (!isCounted) continue;
        for (const minute of [0, 1, 2, 3, 4]) {
          const end = DAY_START + BigInt(minute) * MINUTE;
          const wanted = entries.filter(
            ({ labels, timestamp }) => labels['app'] === app && timestamp <= end && timestamp > end - MINUTE,
          );
          const found = cells.filter((cell) => cell.minute === minute);
          expect(sum(found.map(({ rows }) => rows))).toBe(wanted.length);
          expect(sum(found.map(({ bytes }) => bytes))).toBe(sum(wanted.map(({ line }) => line.length)));
          if (found.some(({ level }) => level === ANY_LEVEL)) continue;
          for (const [number, level] of levels.entries()) {
            const rows = sum(found.filter((cell) => cell.level === number).map((cell) => cell.rows));
            expect(rows).toBe(wanted.filter((one) => (one.level ?? '') === level).length);
          }
        }
      }
    }),
  );
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
