import { Labels } from '../../src/common/labels.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import type { HeadUnit } from '../../src/common/scan-unit.ts';
import type { UnitReader } from '../../storage/read/unit-reader.ts';
import type { FragmentContext, TimeBound } from '../fragment-context.ts';
import type { QueryContext } from '../operator.ts';
import { BATCH_ROWS_MAX } from '../operators/chunk-scan.ts';
import { noScanCounters } from '../result/scan-counters.ts';
import { ControlledContext, createQueryControl, type QueryControl } from '../task/query-control.ts';

export const MIB = 1024 * 1024;

export function testControl(budgetBytes = 64 * MIB): QueryControl {
  return createQueryControl(Infinity, budgetBytes);
}

export function testContext(control = testControl()): QueryContext {
  return new ControlledContext(control, nodeRuntime.clock);
}

export interface FragmentContextOptions {
  readonly streams: readonly Labels[];
  readonly control?: QueryControl;
  readonly bound?: TimeBound | null;
}

/** A context whose batches come from a ListOperator: every batch is the whole of one unit of rank 0. */
export function testFragmentContext({
  streams,
  control = testControl(),
  bound = null,
}: FragmentContextOptions): FragmentContext {
  const context = new ControlledContext(control, nodeRuntime.clock);
  return {
    clock: nodeRuntime.clock,
    budget: context.budget,
    streams,
    groups: null,
    counters: noScanCounters(),
    position: { unit: NO_UNIT, reader: NO_READER, rank: 0, firstRow: 0 },
    bound,
    batchRows: BATCH_ROWS_MAX,
    throwIfCancelled: () => context.throwIfCancelled(),
    nextUnit: () => Promise.resolve(null),
    openUnit: notRead,
  };
}

const NO_UNIT: HeadUnit = {
  kind: 'Head',
  blockId: 'test/0',
  firstRow: 0,
  totalRows: 0,
  streamMap: new Uint32Array(0),
  rowCount: 0,
  lineBytes: 0,
  minTimestamp: 0n,
  maxTimestamp: 0n,
  excluded: [],
};

const notRead = (): never => {
  throw new TypeError('The unit of this test cannot be read.');
};

const NO_READER: UnitReader = {
  rowCount: 0,
  streams: notRead,
  timestamps: notRead,
  rows: notRead,
  lines: notRead,
  metadataNames: notRead,
  metadata: notRead,
  statistics: { columns: new Map(), readMs: 0 },
  release: () => undefined,
};

/** `a="b",c="d"` as Labels. */
export function labelsOf(record: Readonly<Record<string, string>>): Labels {
  return Labels.fromRecord(record);
}
