import { expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import type { LogRows } from '../operators/log-rows.ts';
import { toLogRows } from './to-log-rows.ts';

const STREAMS = [Labels.fromRecord({ app: 'a' }), Labels.fromRecord({ app: 'b' })];

/** Rows of streams 0, 1, 1, 0: two with the labels of their streams, two with one metadata label. */
const ROWS: LogRows = {
  rowCount: 4,
  timestamp: BigInt64Array.of(4n, 3n, 2n, 1n),
  stream: Uint32Array.of(0, 1, 1, 0),
  rank: new Uint32Array(4),
  position: new Uint32Array(4),
  line: { offsets: Uint32Array.of(0, 1, 2, 3, 4), values: encodeUtf8('wxyz') },
  labelSet: Uint32Array.of(0, 0, 1, 1),
  labelSets: [null, { stream: [['app', '']], metadata: [['id', '7']], parsed: [] }],
};

const shown = (keepsStreamLabels: boolean) =>
  toLogRows(ROWS, STREAMS, keepsStreamLabels).map(({ line, stream, metadata }) =>
    [line, ...stream.flat(), ...metadata.flat()].join(' '),
  );

test('stream labels are those of the label set', () => {
  expect(shown(false)).toEqual(['w app a', 'x app b', 'y app  id 7', 'z app  id 7']);
});

test('or those of the stream, where rows keep them', () => {
  expect(shown(true)).toEqual(['w app a', 'x app b', 'y app b id 7', 'z app a id 7']);
});
