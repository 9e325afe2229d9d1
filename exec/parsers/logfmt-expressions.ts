import { must } from '../../src/common/assert.ts';
import type { LogfmtParser } from '../../planner/ir/stage.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import type { ParseTarget } from '../batch/parse-target.ts';
import type { TextColumn } from '../batch/text-column.ts';
import { isReplacement } from './json-text.ts';
import { HASH_SEED, hashByte } from './byte-hash.ts';
import { type KeyEntry, KeyTable } from './key-table.ts';
import { labelName } from './label-name.ts';
import { type LineParser, LOGFMT_ERROR, Needs, setParserError } from './line-parser.ts';
import { strictErrorText } from './logfmt.ts';
import { LogfmtScanner } from './logfmt-scanner.ts';

interface Extraction {
  readonly label: string;
  readonly key: string;
}

type LogfmtExpressionStage = Pick<LogfmtParser, 'strict' | 'extractions' | 'needed' | 'preserveErrors'>;

/** `logfmt a="key", b`: only the listed keys, the last value of each, empty when the line has none (fact 138). */
export function compileLogfmtExpressions(stage: LogfmtExpressionStage): LineParser {
  const needs = new Needs(stage.needed);
  if (needs.nothing) return { parse: () => undefined };
  return new LogfmtExpressionParser(stage, needs);
}

class LogfmtExpressionParser implements LineParser {
  readonly #extractions: readonly Extraction[];
  readonly #needs: Needs;
  readonly #strict: boolean;
  readonly #preserveErrors: boolean;
  readonly #keys = new KeyTable(new Needs('all'));
  readonly #scanner = new LogfmtScanner();
  /** Extraction that a key of the lines feeds, -1 for none. */
  readonly #byEntry = new WeakMap<KeyEntry, number>();
  readonly #byKey = new Map<string, number>();

  constructor(stage: LogfmtExpressionStage, needs: Needs) {
    this.#extractions = stage.extractions;
    this.#needs = needs;
    this.#strict = stage.strict;
    this.#preserveErrors = stage.preserveErrors === true;
    stage.extractions.forEach(({ key }, i) => {
      const name = labelName(key);
      if (!this.#byKey.has(name)) this.#byKey.set(name, i);
    });
  }

  parse(batch: MutableBatch): void {
    const line = must(batch.line, 'logfmt stage needs lines');
    const targets = this.#extractions.map(({ label }) => batch.labels.parseTarget(label, this.#needs.wants));
    this.#keys.begin(batch);
    for (let i = 0; i < batch.selectedCount; i++) {
      const row = batch.selection[i];
      for (const target of targets) if (!target.collides(row)) target.any(row)?.writeArena(row, 0, 0);
      this.#line(batch, line, row, targets);
    }
    this.#keys.end();
  }

  #line(batch: MutableBatch, line: TextColumn, row: number, targets: readonly ParseTarget[]): void {
    const scanner = this.#scanner;
    scanner.begin(line.values, line.offsets[row], line.offsets[row + 1]);
    while (!scanner.atEnd) {
      if (scanner.next()) {
        const index = this.#extractionOf(line.values);
        if (index >= 0) writeValue(batch, targets[index], row, scanner, line.values);
      } else if (scanner.problem !== null && this.#strict) {
        setParserError(batch.labels, row, LOGFMT_ERROR, strictErrorText(scanner), this.#preserveErrors);
        return;
      }
    }
  }

  #extractionOf(heap: Uint8Array): number {
    const { keyStart, keyEnd } = this.#scanner;
    let hash = HASH_SEED;
    for (let i = keyStart; i < keyEnd; i++) hash = hashByte(hash, heap[i]);
    const entry = this.#keys.entry(null, heap, keyStart, keyEnd, hash);
    let index = this.#byEntry.get(entry);
    if (index === undefined) {
      index = this.#byKey.get(entry.name) ?? -1;
      this.#byEntry.set(entry, index);
    }
    return index;
  }
}

/** A value with U+FFFD counts as empty here (fact 137). */
function writeValue(
  batch: MutableBatch,
  target: ParseTarget,
  row: number,
  { valueHeap, valueStart, valueEnd }: LogfmtScanner,
  lines: Uint8Array,
): void {
  const column = target.any(row);
  if (column === null) return;
  let end = valueEnd;
  for (let i = valueStart; i < valueEnd; i++) if (isReplacement(valueHeap, i, valueEnd)) end = valueStart;
  if (valueHeap === lines) {
    column.writeSlice(row, lines, valueStart, end);
  } else {
    const at = batch.labels.arena.append(valueHeap, valueStart, end);
    column.writeArena(row, at, end - valueStart);
  }
}
