import type { LabelPredicate, Stage } from '../../planner/ir/stage.ts';
import type { Projection } from '../../planner/logical/plan.ts';
import { touchesErrors } from '../../planner/logical/stage-traits.ts';
import type { ChunkScan as ChunkScanNode } from '../../planner/physical/plan.ts';
import { must } from '../../src/common/assert.ts';
import type { ScanUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { UnitReader } from '../../storage/read/unit-reader.ts';
import { createBatch, type MutableBatch } from '../batch/create-batch.ts';
import type { FragmentContext, OpenUnit } from '../fragment-context.ts';
import type { Operator } from '../operator.ts';
import type { BatchStage } from '../stages/batch-stage.ts';
import { addColumns } from '../result/scan-counters.ts';
import type { TextColumn } from '../batch/text-column.ts';
import type { RunTotals } from '../aggregate/run-totals.ts';
import { RowGroupCounter } from './row-group-counter.ts';
import { canTakeRows, takeRows } from './take-rows.ts';
import { TakenRows } from './taken-rows.ts';
import { loadMetadata, predicateNames } from './load-metadata.ts';

/** Rows of a batch at most, unless the engine is told less: what later stages may take between two checks for cancellation. */
export const BATCH_ROWS_MAX = 8192;

const NO_METADATA = new Map<string, never>();
const NO_BYTES = new Uint8Array(0);

/** `offsets`: the lengths of lines are needed, their bytes are not. */
export interface ScanProjection {
  readonly line: boolean | 'offsets';
  readonly metadata: Projection['metadata'];
}

export interface ScanPredicate {
  readonly stage: Stage;
  readonly compiled: BatchStage;
}

/**
 * Rows of the fragment's units, in batches of consecutive rows of one unit. Columns are loaded in stages: first those
 * of predicates over labels and metadata, then lines for the line filters, and the projected columns only when rows are
 * left. Sets `context.position` for every batch.
 */
export class ChunkScan implements Operator<MutableBatch> {
  readonly #node: ChunkScanNode;
  readonly #projection: ScanProjection;
  /** Takes runs that need not be read, or null. */
  readonly #totals: RunTotals | null;
  readonly #counter: RowGroupCounter | null;
  readonly #context: FragmentContext;
  /** Predicates that decide about rows of the whole unit, cheapest first. */
  readonly #early: readonly ScanPredicate[];
  /** Predicates that mark rows as erroneous or ask whether they are, in their order: on the batches for later stages. */
  readonly #late: readonly ScanPredicate[];
  readonly #predicateNames: readonly string[];
  /** Metadata of the batches: what is projected, and what the late predicates read. */
  readonly #metadata: Projection['metadata'];
  #unit: OpenUnit | null = null;
  #selection: Uint32Array = new Uint32Array(0);
  /** Next item of the selection. */
  #next = 0;
  #columns: UnitColumns | null = null;
  /** Of the unit, handed on. */
  readonly #batches: MutableBatch[] = [];

  constructor(
    node: ChunkScanNode,
    projection: ScanProjection,
    predicates: readonly ScanPredicate[],
    context: FragmentContext,
    totals: RunTotals | null = null,
  ) {
    this.#node = node;
    this.#totals = totals;
    this.#projection = projection;
    this.#context = context;
    const { metadata } = projection;
    const counting = { predicates: node.predicates, projection: { line: false, metadata } };
    this.#counter = totals === null ? null : new RowGroupCounter(counting, totals, context.streams);
    const labelPredicates = predicates.filter(
      ({ stage }) => stage.kind === 'LabelFilter' && !touchesErrors(stage.predicate),
    );
    this.#early = [...labelPredicates, ...predicates.filter(({ stage }) => stage.kind === 'LineFilter')];
    this.#late = predicates.filter((predicate) => !this.#early.includes(predicate));
    this.#predicateNames = predicateNames(labelPredicates.map(({ stage }) => stage));
    const lateNames = predicateNames(this.#late.map(({ stage }) => stage));
    this.#metadata = metadata === 'all' ? 'all' : [...new Set([...metadata, ...lateNames])];
  }

  async open(): Promise<void> {
    // Units are opened as they are taken.
  }

  async next(): Promise<MutableBatch | null> {
    for (;;) {
      this.#context.throwIfCancelled();
      while (this.#next >= this.#selection.length) {
        this.#finishUnit();
        this.#unit = await this.#context.nextUnit();
        if (this.#unit === null) return null;
        await this.#selectRows(this.#unit);
      }
      const batch = this.#cutBatch(must(this.#unit));
      for (const { compiled } of this.#late) compiled.apply(batch);
      if (batch.selectedCount > 0) return batch;
    }
  }

  close(): void {
    this.#releaseUnit();
    this.#selection = new Uint32Array(0);
    this.#next = 0;
  }

  /** Applies the early predicates to all rows of the unit that are in range. */
  async #selectRows({ unit, reader }: OpenUnit): Promise<void> {
    this.#next = 0;
    this.#columns = null;
    const range = this.#context.bound?.narrow(this.#node.range) ?? this.#node.range;
    const taken = this.#takeRuns(unit, range);
    const isDone = range.end <= range.start || taken.isAll || (await this.#takeRows(unit, reader, range, taken));
    this.#selection = isDone ? new Uint32Array(0) : taken.without(await reader.rows(range));
    this.#countRows(unit.kind === 'Head', unit.lineBytes, unit.rowCount, this.#selection.length + taken.rowCount);
    this.#context.counters.rowsPassed += taken.rowCount;
    const lineFilters = this.#early.filter(({ stage }) => stage.kind === 'LineFilter');
    const labelFilters = this.#early.filter(({ stage }) => stage.kind !== 'LineFilter');
    await this.#filter(reader, labelFilters, this.#predicateNames);
    await this.#filter(reader, lineFilters, []);
    if (this.#selection.length > 0) await this.#loadColumns(reader);
  }

  #takeRuns(unit: ScanUnit, range: TimeRange): TakenRows {
    if (this.#counter === null || unit.kind !== 'RowGroup') return new TakenRows(unit.rowCount);
    return this.#counter.take(unit, range);
  }

  /** Counts the rows that are left, where timestamps alone tell what they are counted as. Whether that is so. */
  async #takeRows(unit: ScanUnit, reader: UnitReader, range: TimeRange, taken: TakenRows): Promise<boolean> {
    const totals = this.#totals;
    // Rows that `takeRuns` did not look at are not all wanted.
    if (totals === null || unit.kind !== 'RowGroup' || unit.excluded.length > 0) return false;
    if (!canTakeRows(totals.grid) || this.#context.groups === null || this.#node.predicates.length > 0) return false;
    const offsets = this.#projection.line === 'offsets' ? ((await reader.lineOffsets?.()) ?? null) : null;
    if (this.#projection.line !== false && offsets === null) return false;
    const columns = { timestamps: await reader.timestamps(), offsets };
    taken.rowCount += takeRows(unit, range, taken, totals, columns);
    return true;
  }

  async #filter(reader: UnitReader, predicates: readonly ScanPredicate[], names: readonly string[]): Promise<void> {
    if (predicates.length === 0 || this.#selection.length === 0) return;
    const needsLines = predicates.some(({ stage }) => stage.kind === 'LineFilter');
    const batch = createBatch({
      rowCount: reader.rowCount,
      stream: reader.streams(),
      streamTable: this.#context.streams,
      selection: this.#selection,
      timestamp: null,
      line: needsLines ? await reader.lines() : null,
      metadata: names.length === 0 ? NO_METADATA : await loadMetadata(reader, names),
    });
    for (const { compiled } of predicates) {
      if (batch.selectedCount === 0) break;
      this.#context.throwIfCancelled();
      compiled.apply(batch);
    }
    this.#selection = batch.selection.subarray(0, batch.selectedCount);
  }

  async #loadColumns(reader: UnitReader): Promise<void> {
    this.#columns = {
      stream: reader.streams(),
      timestamp: await reader.timestamps(),
      line: await this.#loadLines(reader),
      metadata: await loadMetadata(reader, this.#metadata),
    };
  }

  async #loadLines(reader: UnitReader): Promise<TextColumn | null> {
    if (this.#projection.line === false) return null;
    const offsets = this.#projection.line === 'offsets' ? await reader.lineOffsets?.() : undefined;
    return offsets === undefined ? await reader.lines() : { offsets, values: NO_BYTES };
  }

  /** A batch of the next selected rows: windows of the unit's columns, nothing is copied but row numbers. */
  #cutBatch(open: OpenUnit): MutableBatch {
    const { stream, timestamp, line, metadata } = must(this.#columns);
    const from = this.#next;
    const to = Math.min(this.#selection.length, from + this.#context.batchRows);
    this.#next = to;
    const firstRow = this.#selection[from];
    const endRow = this.#selection[to - 1] + 1;
    const selection = this.#selection.slice(from, to);
    for (let i = 0; i < selection.length; i++) selection[i] = selection[i] - firstRow;
    this.#context.position = { ...open, firstRow };
    const batch = createBatch({
      rowCount: endRow - firstRow,
      stream: stream.subarray(firstRow, endRow),
      streamTable: this.#context.streams,
      selection,
      timestamp: timestamp.subarray(firstRow, endRow),
      line: line === null ? null : { ...line, offsets: line.offsets.subarray(firstRow, endRow + 1) },
      metadata: metadataWindow(metadata, firstRow, endRow),
    });
    batch.memory.own(selection);
    this.#batches.push(batch);
    return batch;
  }

  /** Lines of unselected rows count in proportion: what the query looked at, whether or not pages were read. */
  #countRows(isHead: boolean, unitBytes: number, unitRows: number, rows: number): void {
    const { counters } = this.#context;
    const lineBytes = unitRows === 0 ? 0 : Math.round(unitBytes * Math.min(1, rows / unitRows));
    counters.unitsRead++;
    counters.rows += rows;
    counters.lineBytes += lineBytes;
    if (isHead) {
      counters.headRows += rows;
      counters.headLineBytes += lineBytes;
    }
  }

  /** Nobody keeps a batch, nor what it points to, after handing it on: the unit's memory is free. */
  #finishUnit(): void {
    if (this.#unit === null) return;
    const { columns, readMs } = this.#unit.reader.statistics;
    addColumns(this.#context.counters.columns, columns);
    this.#context.counters.readMs += readMs;
    this.#releaseUnit();
  }

  #releaseUnit(): void {
    this.#unit?.reader.release();
    for (const batch of this.#batches.splice(0)) batch.memory.release();
    this.#unit = null;
    this.#columns = null;
  }
}

interface UnitColumns {
  readonly stream: Uint32Array;
  readonly timestamp: BigInt64Array;
  readonly line: TextColumn | null;
  readonly metadata: Awaited<ReturnType<typeof loadMetadata>>;
}

/** Rows `[firstRow, endRow)` of metadata columns. */
export function metadataWindow(
  metadata: UnitColumns['metadata'],
  firstRow: number,
  endRow: number,
): UnitColumns['metadata'] {
  const window = new Map(metadata);
  for (const [name, { start, length, values }] of metadata) {
    window.set(name, { start: start.subarray(firstRow, endRow), length: length.subarray(firstRow, endRow), values });
  }
  return window;
}

/** Comparisons of numbers, durations and bytes keep rows that they cannot convert, with an error (fact 112). */
export function canMarkErrors(predicate: LabelPredicate): boolean {
  switch (predicate.kind) {
    case 'And':
    case 'Or':
      return canMarkErrors(predicate.left) || canMarkErrors(predicate.right);
    case 'String':
      return false;
    default:
      return true;
  }
}
