import { must } from '../../src/common/assert.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import type { PatternParser } from '../../planner/ir/stage.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import type { LabelColumn } from '../batch/label-column.ts';
import { DUPLICATE_SUFFIX, type ParseTarget } from '../batch/parse-target.ts';
import { ImmediateFilters } from './immediate-filters.ts';
import { AlreadyParsed, type LineParser, Needs, readRows, type RowOutcome } from './line-parser.ts';
import { UsualCaptures } from './usual-captures.ts';

/** A capture and the literal that ends it; an empty literal: the capture takes the rest of the line. */
interface Capture {
  readonly name: string | null;
  readonly until: Uint8Array;
}

/** `pattern "<ip> - <user> ..."`: text between literals, each found at its first occurrence (fact 140). */
export function compilePattern(stage: Pick<PatternParser, 'parts' | 'needed' | 'immediateFilters'>): LineParser {
  const needs = new Needs(stage.needed);
  return needs.nothing ? { parse: () => undefined } : new PatternLineParser(needs, stage);
}

class PatternLineParser implements LineParser {
  readonly #needs: Needs;
  readonly #prefix: Uint8Array;
  readonly #captures: readonly Capture[];
  readonly #filters: ImmediateFilters;
  readonly #usual: UsualCaptures;

  constructor(needs: Needs, stage: Pick<PatternParser, 'parts' | 'immediateFilters'>) {
    this.#needs = needs;
    const [head] = stage.parts;
    this.#prefix = encodeUtf8(head?.kind === 'Literal' ? head.text : '');
    this.#captures = capturesOf(stage.parts);
    this.#filters = new ImmediateFilters(stage.immediateFilters);
    this.#usual = new UsualCaptures(this.#prefix, this.#captures);
  }

  parse(batch: MutableBatch): void {
    const line = must(batch.line, 'pattern stage needs lines');
    const { values, offsets } = line;
    const needs = this.#needs;
    const targets = this.#captures.map(({ name }) =>
      isNeeded(name, needs) ? batch.labels.parseTarget(name, needs.wants) : null,
    );
    const already = new AlreadyParsed(batch, needs);
    const found = already.isNone ? this.#usual.set(batch, line, targets) : null;
    if (found?.found.rowCount === batch.selectedCount && !this.#filters.isAny) return;
    let next = 0;
    readRows(batch, this.#filters, {
      read: (row) => {
        if (found !== null && found.found.isFound[next++] === 1) return this.#ask(found.columns, row);
        const start = offsets[row];
        const end = offsets[row + 1];
        const missing = needs.count - already.count(row);
        const isRead = missing > 0 && start < end && startsWith(values, start, end, this.#prefix);
        if (!isRead) return 'Read';
        const from = start + this.#prefix.length;
        return extract(values, from, end, row, this.#captures, targets, missing, this.#filters);
      },
      fail: () => undefined,
    });
  }

  /** What the filters say of a row whose labels are set. */
  #ask(columns: readonly LabelColumn[], row: number): RowOutcome {
    if (!this.#filters.isAny) return 'Read';
    for (const column of columns) if (this.#filters.refuses(column, row)) return 'Refused';
    return 'Read';
  }
}

/** Whether the capture gives a label that a later stage can see. */
function isNeeded(name: string | null, needs: Needs): name is string {
  return name !== null && (needs.wants(name) || needs.wants(name + DUPLICATE_SUFFIX));
}

function capturesOf(parts: PatternParser['parts']): Capture[] {
  return parts.flatMap((part, i) => {
    if (part.kind === 'Literal') return [];
    const after = parts[i + 1];
    return [{ name: part.name, until: encodeUtf8(after?.kind === 'Literal' ? after.text : '') }];
  });
}

/** Writes the captures of one line, until nothing is `missing` any more or a literal is not there. */
function extract(
  heap: Uint8Array,
  start: number,
  end: number,
  row: number,
  captures: readonly Capture[],
  targets: readonly (ParseTarget | null)[],
  missing: number,
  filters: ImmediateFilters,
): RowOutcome {
  let pos = start;
  let left = missing;
  for (let i = 0; i < captures.length; i++) {
    const { until } = captures[i];
    const found = indexOfBytes(heap, pos, end, until);
    const column = targets[i]?.any(row) ?? null;
    if (column?.writeFreeSlice(row, heap, pos, found < 0 ? end : found) === true) {
      if (filters.isAny && filters.refuses(column, row)) return 'Refused';
      if (--left === 0) break;
    }
    if (found < 0) break;
    pos = found + until.length;
  }
  return 'Read';
}

function startsWith(heap: Uint8Array, start: number, end: number, prefix: Uint8Array): boolean {
  if (end - start < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (heap[start + i] !== prefix[i]) return false;
  return true;
}

/**
 * First occurrence of `needle` in `heap[start .. end)`, or -1, as for an empty one. Captures are short: a loop beats a
 * native search.
 */
function indexOfBytes(heap: Uint8Array, start: number, end: number, needle: Uint8Array): number {
  const length = needle.length;
  if (length === 0) return -1;
  const first = needle[0];
  const last = end - length;
  for (let pos = start; ; pos++) {
    while (pos <= last && heap[pos] !== first) pos++;
    if (pos > last) return -1;
    let i = 1;
    while (i < length && heap[pos + i] === needle[i]) i++;
    if (i === length) return pos;
  }
}
