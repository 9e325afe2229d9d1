import type { Projection } from '../../planner/logical/plan.ts';
import type { TopK as TopKNode } from '../../planner/physical/plan.ts';
import { must } from '../../src/common/assert.ts';
import { createBatch, type MutableBatch } from '../batch/create-batch.ts';
import type { TextColumn } from '../batch/text-column.ts';
import type { FragmentContext, ScanPosition } from '../fragment-context.ts';
import type { Operator } from '../operator.ts';
import type { BatchStage } from '../stages/batch-stage.ts';
import { metadataWindow } from './chunk-scan.ts';
import { loadMetadata } from './load-metadata.ts';
import { bestRows, type LogRows } from './log-rows.ts';
import { candidateRows } from './candidate-rows.ts';
import { LogRowsBuilder } from './log-rows-builder.ts';

/**
 * A worker's best rows by time. Candidates of a batch are chosen by timestamp alone; lines and labels are loaded and
 * copied only for those. Stages above the TopK, which neither drop nor add rows, run here on the candidates of a batch,
 * while they still are columns. When `limit` rows are held, the worst of them bounds what all workers still read.
 * Yields one item when its input has ended.
 */
export class TopKPartial implements Operator<LogRows> {
  readonly #node: TopKNode;
  readonly #input: Operator<MutableBatch>;
  readonly #stages: readonly BatchStage[];
  readonly #context: FragmentContext;
  #rows = new LogRowsBuilder();
  #reserved = 0;
  #isDone = false;

  /** `stages` are those between the TopK and the fragment's sink, first to last. */
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
      await this.#consume(batch, must(this.#context.position));
    }
    this.#isDone = true;
    return bestRows(this.#rows.build(), this.#node);
  }

  close(): void {
    this.#context.budget.release(this.#reserved);
    this.#reserved = 0;
    this.#rows = new LogRowsBuilder();
    this.#input.close();
  }

  async #consume(batch: MutableBatch, position: ScanPosition): Promise<void> {
    const rows = candidateRows(batch, this.#node, this.#context.bound);
    if (rows.length === 0) return;
    const full = await this.#complete(batch, rows, position);
    for (const stage of this.#stages) stage.apply(full);
    const line = must(full.line, 'the rows of a log query have no line');
    this.#rows.add(full, full.selection, full.selectedCount, line, position.rank, position.firstRow);
    if (this.#rows.rowCount >= this.#node.limit) this.#keepBest();
    this.#accountFor(this.#rows.sizeBytes);
  }

  /** The batch with only the candidates and with the late columns. Late metadata is only asked for rows that no stage has touched (build.ts). */
  async #complete(batch: MutableBatch, rows: Uint32Array, { reader, firstRow }: ScanPosition): Promise<MutableBatch> {
    const { late } = this.#node;
    const endRow = firstRow + batch.rowCount;
    const line = late.line && batch.line === null ? lineWindow(await reader.lines(), firstRow, endRow) : batch.line;
    if (isNothing(late.metadata)) {
      batch.line = line;
      batch.selection = rows;
      batch.selectedCount = rows.length;
      return batch;
    }
    const metadata = metadataWindow(await loadMetadata(reader, late.metadata), firstRow, endRow);
    const { rowCount, stream, streamTable, timestamp } = batch;
    return createBatch({ rowCount, stream, streamTable, selection: rows, timestamp, line, metadata });
  }

  #keepBest(): void {
    const best = bestRows(this.#rows.build(), this.#node);
    this.#rows = new LogRowsBuilder();
    this.#rows.append(best);
    if (best.rowCount > 0) this.#context.bound?.offer(best.timestamp[best.rowCount - 1]);
  }

  #accountFor(sizeBytes: number): void {
    if (sizeBytes > this.#reserved) this.#context.budget.reserve(sizeBytes - this.#reserved);
    else this.#context.budget.release(this.#reserved - sizeBytes);
    this.#reserved = sizeBytes;
  }
}

export function isNothing(metadata: Projection['metadata']): boolean {
  return metadata !== 'all' && metadata.length === 0;
}

function lineWindow({ offsets, values }: TextColumn, firstRow: number, endRow: number): TextColumn {
  return { offsets: offsets.subarray(firstRow, endRow + 1), values };
}
