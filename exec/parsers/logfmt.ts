import { must } from '../../src/common/assert.ts';
import type { LogfmtParser } from '../../planner/ir/stage.ts';
import { ERROR_LABEL, PRESERVE_ERROR_LABEL } from '../batch/column-labels.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import type { LabelColumn } from '../batch/label-column.ts';
import type { TextColumn } from '../batch/text-column.ts';
import { hashByte, KEY_HASH_SEED, KeyTable } from './key-table.ts';
import { AlreadyParsed, type LineParser, LOGFMT_ERROR, Needs } from './line-parser.ts';
import { LogfmtScanner } from './logfmt-scanner.ts';
import { hasReplacement, writeCopy, writeWithoutReplacement } from './value-writer.ts';

/** A logfmt parser without expressions: every pair of the line (facts 134 to 137). */
export function compileLogfmt(stage: Pick<LogfmtParser, 'strict' | 'keepEmpty' | 'needed'>): LineParser {
  const needs = new Needs(stage.needed);
  if (needs.nothing) return { parse: () => undefined };
  return new LogfmtLineParser(needs, stage.strict, stage.keepEmpty);
}

class LogfmtLineParser implements LineParser {
  readonly #needs: Needs;
  readonly #strict: boolean;
  readonly #keepEmpty: boolean;
  readonly #keys: KeyTable;
  readonly #scanner = new LogfmtScanner();

  constructor(needs: Needs, strict: boolean, keepEmpty: boolean) {
    this.#needs = needs;
    this.#strict = strict;
    this.#keepEmpty = keepEmpty;
    this.#keys = new KeyTable(needs);
  }

  parse(batch: MutableBatch): void {
    const line = must(batch.line, 'logfmt stage needs lines');
    const { selection, selectedCount } = batch;
    if (selectedCount === 0) return;
    const already = new AlreadyParsed(batch, this.#needs);
    const replacements = hasReplacement(line, selection[0], selection[selectedCount - 1]);
    this.#keys.begin(batch);
    for (let i = 0; i < selectedCount; i++) {
      const row = selection[i];
      const missing = this.#needs.count - already.count(row);
      if (missing > 0) this.#line(batch, line, row, missing, replacements);
    }
    this.#keys.end();
  }

  #line(batch: MutableBatch, line: TextColumn, row: number, needed: number, replacements: boolean): void {
    const scanner = this.#scanner;
    const heap = line.values;
    let missing = needed;
    scanner.begin(heap, line.offsets[row], line.offsets[row + 1]);
    while (!scanner.atEnd) {
      if (!scanner.next()) {
        if (scanner.problem === null || !this.#strict) continue;
        setLogfmtError(batch, row, scanner, this.#needs);
        return;
      }
      if (scanner.valueStart === scanner.valueEnd && !this.#keepEmpty) continue;
      const column = this.#column(heap, row);
      if (column === null) continue;
      this.#write(batch, column, row, heap, replacements);
      if (--missing === 0) return;
    }
  }

  #write(batch: MutableBatch, column: LabelColumn, row: number, heap: Uint8Array, replacements: boolean): void {
    const { valueHeap, valueStart, valueEnd } = this.#scanner;
    const arena = batch.labels.arena;
    // Values with escapes are in the scanner's buffer, which the next pair overwrites.
    if (valueHeap !== heap) writeCopy(column, row, valueHeap, valueStart, valueEnd, arena);
    else if (replacements) writeWithoutReplacement(column, row, heap, valueStart, valueEnd, arena);
    else column.writeSlice(row, heap, valueStart, valueEnd);
  }

  /** Where the scanner's pair goes, or null when it is not needed or the row has the label. */
  #column(heap: Uint8Array, row: number): LabelColumn | null {
    const { keyStart, keyEnd } = this.#scanner;
    let hash = KEY_HASH_SEED;
    for (let i = keyStart; i < keyEnd; i++) hash = hashByte(hash, heap[i]);
    const entry = this.#keys.entry(null, heap, keyStart, keyEnd, hash);
    return entry.wanted ? this.#keys.target(entry).free(row) : null;
  }
}

/** Facts 136 and 51. */
export function setLogfmtError(batch: MutableBatch, row: number, scanner: LogfmtScanner, needs: Needs): void {
  const details = `logfmt syntax error at pos ${scanner.position} : ${scanner.problem}`;
  batch.labels.setError(row, LOGFMT_ERROR, details);
  if (needs.names !== null && needs.wants(ERROR_LABEL)) batch.labels.setText(PRESERVE_ERROR_LABEL, row, 'true');
}
