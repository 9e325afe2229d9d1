import type { MutableBatch } from '../batch/create-batch.ts';
import type { LabelColumn } from '../batch/label-column.ts';
import type { TextColumn } from '../batch/text-column.ts';
import type { ExpectedField, FieldSyntax, FoundFields } from '../kernels/find-fields/expected-field.ts';
import { fieldFinder, FIELDS_MAX } from '../kernels/find-fields/field-finder.ts';
import type { KeyEntry, KeyTable } from './key-table.ts';
import { isWorthwhile } from './is-worthwhile.ts';

/** Batches that are not searched after one of which not even half of the rows was found. */
const PAUSE_BATCHES = 8;

/** What is looked for: the labels of `count` keys, which are those that `isWanted` tells. */
export interface WantedKeys {
  readonly count: number;
  readonly isWanted: (entry: KeyEntry) => boolean;
}

/** Rows whose labels are set, and in which columns, in the order of the line. */
export interface UsualRows {
  readonly found: FoundFields;
  readonly columns: readonly LabelColumn[];
}

interface Chain {
  readonly fields: readonly ExpectedField[];
  readonly wanted: readonly KeyEntry[];
}

/**
 * Sets the labels of all lines of a batch at once that have their keys in the order of the line that was read last: most
 * lines of most programs. The others are left to the parser, which then knows their keys for the next batch.
 */
export class UsualFields {
  readonly #syntax: FieldSyntax;
  readonly #keys: KeyTable;
  #pause = 0;

  constructor(syntax: FieldSyntax, keys: KeyTable) {
    this.#syntax = syntax;
    this.#keys = keys;
  }

  /** Null when nothing was set: too few rows, no such order of keys, or a label that is not from the line in some rows. */
  set(batch: MutableBatch, line: TextColumn, wanted: WantedKeys): UsualRows | null {
    const { selection, selectedCount } = batch;
    if (!isWorthwhile(batch)) return null;
    if (this.#pause > 0) {
      this.#pause--;
      return null;
    }
    const chain = chainOf(this.#keys.first, wanted);
    const columns = chain === null ? null : this.#columns(chain.wanted);
    if (chain === null || columns === null) return null;
    const found = fieldFinder().find(this.#syntax, line, selection, selectedCount, chain.fields);
    if (found === null) return null;
    if (found.rowCount * 2 < selectedCount) this.#pause = PAUSE_BATCHES;
    const { spans, isFound } = found;
    for (const [w, column] of columns.entries()) {
      const own = spans.subarray(2 * w * selectedCount, 2 * (w + 1) * selectedCount);
      column.writeSlices(line.values, selection, selectedCount, own, isFound);
    }
    return { found, columns };
  }

  /** The columns of the entries' labels, where they are those of all rows and no row has a value; else null. */
  #columns(entries: readonly KeyEntry[]): LabelColumn[] | null {
    const columns: LabelColumn[] = [];
    for (const entry of entries) {
      const column = this.#keys.target(entry).ofAllRows();
      if (column === null || !column.isEmpty || columns.includes(column)) return null;
      columns.push(column);
    }
    return columns;
  }
}

/** The fields from the first of a line to the last that is wanted; null when that cannot be told. */
function chainOf(first: KeyEntry | null, { count, isWanted }: WantedKeys): Chain | null {
  const fields: ExpectedField[] = [];
  const wanted: KeyEntry[] = [];
  for (let entry = first; entry !== null && fields.length < FIELDS_MAX; entry = entry.follower) {
    const isOne = isWanted(entry);
    if (isOne && wanted.includes(entry)) return null;
    fields.push({ token: entry.token, isWanted: isOne });
    if (isOne && wanted.push(entry) === count) return { fields, wanted };
  }
  return null;
}
