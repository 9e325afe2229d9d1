import type { LabelHint } from '../../planner/ir/stage.ts';
import type { ImmediateFilters } from './immediate-filters.ts';
import { type ColumnLabels, ERROR_DETAILS_LABEL, ERROR_LABEL, PRESERVE_ERROR_LABEL } from '../batch/column-labels.ts';
import type { MutableBatch } from '../batch/create-batch.ts';

/** Error labels that parsers set (fact 157). */
export const JSON_ERROR = 'JSONParserErr';
export const LOGFMT_ERROR = 'LogfmtParserErr';

const ERROR_LABELS: readonly string[] = [ERROR_LABEL, ERROR_DETAILS_LABEL, PRESERVE_ERROR_LABEL];

/** More labels than a line can have; a small integer, unlike Infinity. */
const UNBOUNDED = 0x3fffffff;

/** Turns the lines of a batch's selected rows into labels. A line that it cannot read stays (fact 125). */
export interface LineParser {
  parse(batch: MutableBatch): void;
}

/** Refused: an immediate filter does not let the row through, and the rest of its line was not read. */
export type RowOutcome = 'Read' | 'Failed' | 'Refused';

/** How a parser treats one row: `read` sets labels and tells what became of it; when that failed, `fail` sets the error. */
export interface RowReader {
  read(row: number): RowOutcome;
  fail(row: number): void;
}

/** Reads all selected rows; those that an immediate filter refuses leave the selection, without an error (fact 48). */
export function readRows(batch: MutableBatch, filters: ImmediateFilters, reader: RowReader): void {
  const { selection, selectedCount } = batch;
  const gated = filters.begin(batch.labels);
  let kept = 0;
  for (let i = 0; i < selectedCount; i++) {
    const row = selection[i];
    if (gated) filters.before();
    const outcome = reader.read(row);
    if (outcome === 'Refused' || (gated && !filters.after(row))) continue;
    if (outcome === 'Failed') reader.fail(row);
    selection[kept++] = row;
  }
  batch.selectedCount = kept;
}

/** Sets a parser's error on a row; `preserve` lets the row through to aggregations (fact 51). */
export function setParserError(
  labels: ColumnLabels,
  row: number,
  code: string,
  details: string | null,
  preserve: boolean,
): void {
  labels.setError(row, code, details);
  if (preserve) labels.setText(PRESERVE_ERROR_LABEL, row, 'true');
}

/** Which names later stages need, and which the line may stop for once it has them all (fact 47). */
export class Needs {
  readonly names: readonly string[] | null;
  readonly #wholeLine: boolean;
  readonly #set: ReadonlySet<string> | null;

  /** `wholeLine`: the rest of a line is read for its errors. */
  constructor(hint: LabelHint, wholeLine = false) {
    this.#wholeLine = wholeLine;
    this.names = hint === 'all' ? null : [...new Set(hint)];
    this.#set = this.names === null ? null : new Set(this.names);
  }

  /** Nothing is needed: the parser may leave the lines alone, errors included (fact 46). */
  get nothing(): boolean {
    return this.names !== null && this.names.length === 0 && !this.#wholeLine;
  }

  /** Number of labels after which a line is done. */
  get count(): number {
    return this.names === null || this.#wholeLine ? UNBOUNDED : this.names.length;
  }

  /** The same for a line that is known to have no error, nor labels that look like one. */
  get countWithoutErrors(): number {
    if (this.names === null) return UNBOUNDED;
    return this.names.filter((name) => !ERROR_LABELS.includes(name)).length;
  }

  readonly wants = (name: string): boolean => this.#set === null || this.#set.has(name);

  /** Whether a needed name begins with `prefix`: whether a nested object is worth reading. */
  wantsPrefix(prefix: string): boolean {
    return this.names === null || this.names.some((name) => name.startsWith(prefix));
  }
}

/** Needed labels that earlier parsers of the same pipeline set already, counted per row. */
export class AlreadyParsed {
  readonly #columns: readonly { lengthAt(row: number): number }[];
  /** Whether the count may include labels that look like errors. */
  readonly hasErrorLabels: boolean;

  constructor(batch: MutableBatch, needs: Needs) {
    this.#columns = (needs.names ?? []).flatMap((name) => batch.labels.existing(name) ?? []);
    this.hasErrorLabels = ERROR_LABELS.some((name) => batch.labels.existing(name) !== null);
  }

  /** No row has one. */
  get isNone(): boolean {
    return this.#columns.length === 0;
  }

  count(row: number): number {
    let count = 0;
    for (const column of this.#columns) if (column.lengthAt(row) >= 0) count++;
    return count;
  }
}
