import type { MutableBatch } from '../batch/create-batch.ts';
import type { TextColumn } from '../batch/text-column.ts';
import type { ExpectedField, FieldSyntax } from '../kernels/find-fields/expected-field.ts';
import { fieldFinder, FIELDS_MAX } from '../kernels/find-fields/field-finder.ts';
import { dropRefused } from './drop-refused.ts';
import type { ImmediateFilters } from './immediate-filters.ts';
import type { KeyEntry, KeyTable } from './key-table.ts';
import { readRows, type RowReader } from './line-parser.ts';
import { hasReplacement } from './value-writer.ts';
import { isWorthwhile } from './is-worthwhile.ts';
import { emptyColumns, setUsualRows, type UsualRows } from './usual-rows.ts';

/** Batches that are not searched after one of which not even half of the rows was found. */
const PAUSE_BATCHES = 8;

/** What is looked for: the labels of `count` keys, which are those that `isWanted` tells. */
interface WantedKeys {
  readonly count: number;
  readonly isWanted: (entry: KeyEntry) => boolean;
}

/** Reads the lines that are not usual. */
export interface LineReader extends RowReader {
  /** Before the first of them; whether any line of the batch has the character U+FFFD. */
  beginLines(hasReplacement: boolean): void;
}

/** What is known of a batch before its lines are read. */
export interface BatchToRead {
  readonly batch: MutableBatch;
  readonly line: TextColumn;
  /** No row has any of the labels yet. */
  readonly isNone: boolean;
  /** Labels after which a usual line is done. */
  readonly count: number;
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
  readonly #filters: ImmediateFilters;
  #pause = 0;

  constructor(syntax: FieldSyntax, keys: KeyTable, filters: ImmediateFilters) {
    this.#syntax = syntax;
    this.#keys = keys;
    this.#filters = filters;
  }

  /** Sets the labels of the usual lines, or lets filters refuse them by what they ask for, and has the others read. */
  read(given: BatchToRead, reader: LineReader): void {
    const { batch, line, isNone } = given;
    const filters = this.#filters;
    if (isNone && filters.isAny) filters.begin(batch.labels);
    const usual = isNone ? this.#set(batch, line, this.#wantedKeys(given.count)) : null;
    if (usual !== null && filters.isAny) dropRefused(batch, usual, filters);
    const { selection, selectedCount } = batch;
    const found = usual === null || filters.isAny ? null : usual.found;
    if (selectedCount === 0 || found?.rowCount === selectedCount) return;
    reader.beginLines(hasReplacement(line, selection[0], selection[selectedCount - 1]));
    if (found === null) readRows(batch, filters, reader);
    else readOthers(batch, found.isFound, reader);
  }

  /** The keys after which a line is done, or those of the filters, which may refuse it by then. */
  #wantedKeys(count: number): WantedKeys {
    if (!this.#filters.isAny) return { count, isWanted: ({ wanted }) => wanted };
    const { names } = this.#filters;
    return { count: names.size, isWanted: ({ name }) => names.has(name) };
  }

  /** Null when nothing was set: too few rows, no such order of keys, or a label that is not from the line in some rows. */
  #set(batch: MutableBatch, line: TextColumn, wanted: WantedKeys): UsualRows | null {
    const { selection, selectedCount } = batch;
    if (!isWorthwhile(batch)) return null;
    if (this.#pause > 0) {
      this.#pause--;
      return null;
    }
    const chain = chainOf(this.#keys.first, wanted);
    const columns = chain === null ? null : emptyColumns(chain.wanted.map((entry) => this.#keys.target(entry)));
    if (chain === null || columns === null) return null;
    const found = fieldFinder().find(this.#syntax, line, selection.subarray(0, selectedCount), chain.fields);
    if (found === null) return null;
    if (found.rowCount * 2 < selectedCount) this.#pause = PAUSE_BATCHES;
    const rows = { found, columns };
    setUsualRows(batch, line, rows);
    return rows;
  }
}

function readOthers({ selection, selectedCount }: MutableBatch, isFound: Uint8Array, reader: RowReader): void {
  for (let i = 0; i < selectedCount; i++) {
    if (isFound[i] === 0 && reader.read(selection[i]) === 'Failed') reader.fail(selection[i]);
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
