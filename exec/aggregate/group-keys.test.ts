import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import { createBatch, type MutableBatch } from '../batch/create-batch.ts';
import { testContext } from '../testing/contexts.ts';
import { applyGrouping } from './apply-grouping.ts';
import { GroupKeys } from './group-keys.ts';
import { GroupTable } from './group-table.ts';

const STREAMS = [Labels.fromRecord({ app: 'api', env: 'prod' }), Labels.fromRecord({ app: 'web' })];

interface Row {
  readonly stream: number;
  readonly status: string | null;
  readonly user: string | null;
}

/** Values of `status` are from the line, or in the arena when a stage has set them. */
function batchOf(rows: readonly Row[], formatted: boolean): MutableBatch {
  const lines = rows.map(({ status }) => encodeUtf8(status ?? ''));
  const values = Buffer.concat(lines);
  const batch = createBatch({
    rowCount: rows.length,
    stream: Uint32Array.from(rows, ({ stream }) => stream),
    streamTable: STREAMS,
    selection: Uint32Array.from(rows.keys()),
    timestamp: null,
    line: null,
    metadata: new Map(),
  });
  let at = 0;
  for (const [row, { status, user }] of rows.entries()) {
    const end = at + lines[row].length;
    if (status !== null && formatted) batch.labels.setText('status', row, status);
    else if (status !== null) batch.labels.column('status').writeSlice(row, values, at, end);
    if (user !== null) batch.labels.setText('user', row, user);
    at = end;
  }
  return batch;
}

test('rows are in the groups of their labels, however the groups are told', () => {
  const text = fc.option(fc.oneof(fc.constantFrom('', '200', '404'), fc.string({ unit: 'grapheme', maxLength: 12 })));
  const row = fc.record({ stream: fc.nat(1), status: text, user: text });
  const names = fc.subarray(['app', 'env', 'status', 'user', 'none']);
  fc.assert(
    fc.property(fc.array(row, { maxLength: 80 }), names, fc.boolean(), fc.boolean(), (rows, by, without, formatted) => {
      const { budget } = testContext();
      const grouping = { without, names: by };
      const table = new GroupTable(budget);
      const batch = batchOf(rows, formatted);
      const out = new Uint32Array(rows.length);
      new GroupKeys(grouping, table, budget).assign(batch, Uint32Array.from(rows.keys()), rows.length, out);
      const labels = table.labels();
      const expected = rows.map((_, i) => applyGrouping(batch.labels.row(i), grouping).key);
      expect(Array.from(out, (group) => labels[group].key)).toEqual(expected);
    }),
  );
});
