import { must } from '../../src/common/assert.ts';
import type { LogfmtParser } from '../../planner/ir/stage.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import type { LabelColumn } from '../batch/label-column.ts';
import type { TextColumn } from '../batch/text-column.ts';
import { HASH_SEED, hashByte } from './byte-hash.ts';
import { type KeyEntry, KeyTable, logfmtToken } from './key-table.ts';
import { ImmediateFilters } from './immediate-filters.ts';
import { AlreadyParsed, type LineParser, LOGFMT_ERROR, Needs, type RowOutcome, setParserError } from './line-parser.ts';
import { LogfmtScanner } from './logfmt-scanner.ts';
import { type LineReader, UsualFields } from './usual-fields.ts';
import { writeCopy, writeWithoutReplacement } from './value-writer.ts';

type LogfmtStage = Pick<LogfmtParser, 'strict' | 'keepEmpty' | 'needed' | 'preserveErrors' | 'immediateFilters'>;

/** A logfmt parser without expressions: every pair of the line (facts 134 to 137). */
export function compileLogfmt(stage: LogfmtStage): LineParser {
  const needs = new Needs(stage.needed);
  return needs.nothing ? { parse: () => undefined } : new LogfmtLineParser(needs, stage);
}

class LogfmtLineParser implements LineParser, LineReader {
  readonly #needs: Needs;
  readonly #stage: LogfmtStage;
  readonly #keys: KeyTable;
  readonly #filters: ImmediateFilters;
  readonly #scanner = new LogfmtScanner();
  readonly #usual: UsualFields;
  #batch: MutableBatch | null = null;
  #line: TextColumn | null = null;
  #already: AlreadyParsed | null = null;
  #replacements = false;

  constructor(needs: Needs, stage: LogfmtStage) {
    this.#needs = needs;
    this.#stage = stage;
    this.#keys = new KeyTable(needs, logfmtToken);
    this.#filters = new ImmediateFilters(stage.immediateFilters);
    this.#usual = new UsualFields('logfmt', this.#keys, this.#filters);
  }

  parse(batch: MutableBatch): void {
    const line = must(batch.line, 'logfmt stage needs lines');
    if (batch.selectedCount === 0) return;
    this.#batch = batch;
    this.#line = line;
    this.#already = new AlreadyParsed(batch, this.#needs);
    this.#keys.begin(batch);
    this.#usual.read({ batch, line, isNone: this.#already.isNone, count: this.#needs.count }, this);
    this.#keys.end();
    this.#batch = null;
    this.#line = null;
  }

  beginLines(hasReplacement: boolean): void {
    this.#replacements = hasReplacement;
  }

  read(row: number): RowOutcome {
    const { values, offsets } = must(this.#line);
    const { strict, keepEmpty } = this.#stage;
    const scanner = this.#scanner;
    let missing = this.#needs.count - must(this.#already).count(row);
    if (missing <= 0) return 'Read';
    scanner.begin(values, offsets[row], offsets[row + 1]);
    let guess = this.#keys.first;
    let previous: KeyEntry | null = null;
    while (!scanner.atEnd) {
      const isGuessed = guess !== null && scanner.isAt(guess.token);
      if (!(isGuessed ? scanner.take((guess as KeyEntry).token) : scanner.next())) {
        if (scanner.problem !== null && strict) return 'Failed';
        continue;
      }
      const entry: KeyEntry = isGuessed ? (guess as KeyEntry) : this.#entry(values, previous);
      guess = entry.follower;
      previous = entry;
      if (!entry.wanted || (scanner.valueStart === scanner.valueEnd && !keepEmpty)) continue;
      const column = this.#keys.target(entry).free(row);
      if (column === null) continue;
      this.#write(column, row, values);
      if (this.#filters.isAny && this.#filters.refuses(column, row)) return 'Refused';
      if (--missing === 0) break;
    }
    return 'Read';
  }

  fail(row: number): void {
    const preserve = this.#stage.preserveErrors === true;
    setParserError(must(this.#batch).labels, row, LOGFMT_ERROR, strictErrorText(this.#scanner), preserve);
  }

  #write(column: LabelColumn, row: number, heap: Uint8Array): void {
    const { valueHeap, valueStart, valueEnd } = this.#scanner;
    const { arena } = must(this.#batch).labels;
    // Values with escapes are in the scanner's buffer, which the next pair overwrites.
    if (valueHeap !== heap) writeCopy(column, row, valueHeap, valueStart, valueEnd, arena);
    else if (this.#replacements) writeWithoutReplacement(column, row, heap, valueStart, valueEnd, arena);
    else column.writeSlice(row, heap, valueStart, valueEnd);
  }

  /** The entry of the scanner's key, remembered as the one that follows `previous`. */
  #entry(heap: Uint8Array, previous: KeyEntry | null): KeyEntry {
    const { keyStart, keyEnd } = this.#scanner;
    let hash = HASH_SEED;
    let isAscii = true;
    for (let i = keyStart; i < keyEnd; i++) {
      hash = hashByte(hash, heap[i]);
      if (heap[i] >= 0x80) isAscii = false;
    }
    const entry = this.#keys.entry(null, heap, keyStart, keyEnd, hash);
    if (!isAscii) return entry;
    if (previous === null) this.#keys.first = entry;
    else previous.follower = entry;
    return entry;
  }
}

/** The text for `__error_details__` of the scanner's problem (fact 136). */
export function strictErrorText(scanner: LogfmtScanner): string {
  return `logfmt syntax error at pos ${scanner.position} : ${scanner.problem}`;
}
