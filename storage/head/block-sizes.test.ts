import { expect, test } from 'vitest';
import { BlockSizes } from './block-sizes.ts';
import type { HeadColumns } from './columns.ts';

const LARGEST = { rows: 65_536, lineBytes: 1 << 22, pairs: 131_072, valueBytes: 1 << 21 };
/** From this index on blocks of a group are as large as they get. */
const GROWN = 4;

/** One row with a line and a pair of these sizes. */
function columnsOf(lineBytes: number, valueBytes: number): HeadColumns {
  return {
    lineOffsets: Uint32Array.of(0, lineBytes),
    metadataOffsets: Uint32Array.of(0, 1),
    metadataValueOffsets: Uint32Array.of(0, valueBytes),
  } as unknown as HeadColumns;
}

const ROW = columnsOf(200, 10);

test('the first blocks of a group are small', () => {
  const sizes = new BlockSizes(LARGEST);
  expect([0, 1, 2, 3, 4, 9].map((index) => sizes.next(index, ROW, 0).rows)).toEqual([
    4096, 8192, 16_384, 32_768, 65_536, 65_536,
  ]);
});

test('columns get what they needed and a quarter more; what was full gets as much as there is', () => {
  const sizes = new BlockSizes(LARGEST);
  sizes.noteFull(LARGEST, { rows: 20_000, lineBytes: (1 << 22) - 5, pairs: 0, valueBytes: 1 << 20 }, GROWN);
  expect(sizes.next(GROWN, ROW, 0)).toEqual({ rows: 25_000, lineBytes: 1 << 22, pairs: 8192, valueBytes: 1_310_720 });
  expect(sizes.next(0, ROW, 0).rows).toBe(Math.ceil(25_000 / 16));
});

test('what a small block tells is counted up to the size of a large one', () => {
  const sizes = new BlockSizes(LARGEST);
  const first = sizes.next(0, ROW, 0);
  sizes.noteFull(first, { ...first, rows: 1000, pairs: 0, valueBytes: 0 }, 0);
  expect(sizes.next(GROWN, ROW, 0).rows).toBe(20_000);
});

test('a column that was too small grows back', () => {
  const sizes = new BlockSizes(LARGEST);
  sizes.noteFull(LARGEST, { rows: 2, lineBytes: 1 << 22, pairs: 0, valueBytes: 0 }, GROWN);
  for (const rows of [4096, 8192, 16_384, 32_768, 65_536, 65_536]) {
    const capacity = sizes.next(GROWN, ROW, 0);
    expect(capacity.rows).toBe(rows);
    sizes.noteFull(capacity, { ...capacity, pairs: 0, valueBytes: 0 }, GROWN);
  }
});

test('a block has room for its first row', () => {
  const sizes = new BlockSizes(LARGEST);
  expect(sizes.next(0, columnsOf(5 << 20, 3 << 20), 0)).toMatchObject({ lineBytes: 5 << 20, valueBytes: 3 << 20 });
});
