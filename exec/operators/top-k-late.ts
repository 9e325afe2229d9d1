import type { TopK as TopKNode } from '../../planner/physical/plan.ts';
import { must } from '../../src/common/assert.ts';
import type { ScanUnit } from '../../src/common/scan-unit.ts';
import type { UnitReader } from '../../storage/read/unit-reader.ts';
import { createBatch, type MutableBatch } from '../batch/create-batch.ts';
import type { FragmentContext } from '../fragment-context.ts';
import type { Operator } from '../operator.ts';
import { addColumns } from '../result/scan-counters.ts';
import type { BatchStage } from '../stages/batch-stage.ts';
import { candidateRows } from './candidate-rows.ts';
import { loadMetadata } from './load-metadata.ts';
import { bestRows, type LogRows } from './log-rows.ts';
import { LogRowsBuilder } from './log-rows-builder.ts';

/**
 * A worker's best rows by time, for input that comes straight from a scan without line filters: rows are chosen over all
 * units by timestamp alone, and lines and metadata are loaded only from the units of those that are left in the end.
 * Stages above the TopK, which neither drop nor add rows, run on these. Yields one item.
 */
export class TopKLate implements Operator<LogRows> {
  readonly #node: TopKNode;
  readonly #input: Operator<MutableBatch>;
  readonly #stages: readonly BatchStage[];
  readonly #context: FragmentContext;
  /** Units of candidates, by rank. */
  readonly #units = new Map<number, ScanUnit>();
  #rows = new LogRowsBuilder();
  #reserved = 0;
  #isDone = false;

  constructor(node: TopKNode, input: Operator<MutableBatch>, stages: readonly BatchStage[], context: FragmentContext) {
    this.#node = node;
    this.#input = input;
    this.#stages = stages;
    this.#context = context;
  }

  async open(): Promise<void> {
    await this.#input.open();
  }

  async next(): Promise<LogRows | null> {
    if (this.#isDone) return null;
    for (let batch = await this.#input.next(); batch !== null; batch = await this.#input.next()) {
      this.#context.throwIfCancelled();
      this.#context.counters.rowsPassed += batch.selectedCount;
      this.#consume(batch);
    }
    this.#isDone = true;
    return await this.#load(bestRows(this.#rows.build(), this.#node));
  }

  close(): void {
    this.#context.budget.release(this.#reserved);
    this.#reserved = 0;
    this.#rows = new LogRowsBuilder();
    this.#units.clear();
    this.#input.close();
  }

  #consume(batch: MutableBatch): void {
    const { bound, position } = this.#context;
    const rows = candidateRows(batch, this.#node, bound);
    if (rows.length === 0) return;
    const { unit, rank, firstRow } = must(position);
    this.#units.set(rank, unit);
    this.#rows.addBare(batch, rows, rank, firstRow);
    if (this.#rows.rowCount >= this.#node.limit) this.#keepBest();
    this.#accountFor(this.#rows.sizeBytes);
  }

  #keepBest(): void {
    const best = bestRows(this.#rows.build(), this.#node);
    this.#rows = new LogRowsBuilder();
    this.#rows.append(best);
    if (best.rowCount > 0) this.#context.bound?.offer(best.timestamp[best.rowCount - 1]);
    const ranks = new Set(best.rank);
    for (const rank of this.#units.keys()) if (!ranks.has(rank)) this.#units.delete(rank);
  }

  /** The chosen rows with their columns, in the order of the answer. */
  async #load(chosen: LogRows): Promise<LogRows> {
    const loaded = new LogRowsBuilder();
    for (const [rank, rows] of rowsByRank(chosen)) {
      this.#context.throwIfCancelled();
      const reader = this.#context.openUnit(must(this.#units.get(rank)));
      const batch = await this.#loadUnit(reader, chosen, rows);
      for (const stage of this.#stages) stage.apply(batch);
      const line = must(batch.line, 'the rows of a log query have no line');
      loaded.add(batch, batch.selection, batch.selectedCount, line, rank, 0);
      this.#accountFor(loaded.sizeBytes);
      reader.release();
    }
    return bestRows(loaded.build(), this.#node);
  }

  /** A batch of the whole unit in which the chosen rows are selected; other rows have no timestamp. */
  async #loadUnit(
    reader: UnitReader,
    { position, timestamp }: LogRows,
    rows: readonly number[],
  ): Promise<MutableBatch> {
    const { late } = this.#node;
    const { counters, streams } = this.#context;
    const timestamps = new BigInt64Array(reader.rowCount);
    for (const row of rows) timestamps[position[row]] = timestamp[row];
    const batch = createBatch({
      rowCount: reader.rowCount,
      stream: reader.streams(),
      streamTable: streams,
      selection: Uint32Array.from(rows, (row) => position[row]).sort(),
      timestamp: timestamps,
      line: await reader.lines(),
      metadata: await loadMetadata(reader, late.metadata),
    });
    addColumns(counters.columns, reader.statistics.columns);
    counters.readMs += reader.statistics.readMs;
    return batch;
  }

  #accountFor(sizeBytes: number): void {
    if (sizeBytes > this.#reserved) this.#context.budget.reserve(sizeBytes - this.#reserved);
    else this.#context.budget.release(this.#reserved - sizeBytes);
    this.#reserved = sizeBytes;
  }
}

/** Row numbers by unit. */
function rowsByRank({ rank, rowCount }: LogRows): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < rowCount; row++) {
    const known = rows.get(rank[row]);
    if (known === undefined) rows.set(rank[row], [row]);
    else known.push(row);
  }
  return rows;
}
