import type { LabelPair } from '../../src/common/labels.ts';
import { Labels } from '../../src/common/labels.ts';
import type { OwnedMemory } from '../../src/common/owned-memory.ts';
import { compareUtf8, decodeUtf8 } from '../../src/common/utf8.ts';
import { ByteArena } from './byte-arena.ts';
import { LabelCascade, type MetadataColumn } from './label-cascade.ts';
import { LabelColumn } from './label-column.ts';
import type { LabelColumns, LabelReader, RowLabels } from './label-columns.ts';
import type { LabelledRows } from './labelled-rows.ts';
import { placeMetadata } from './metadata-placement.ts';
import { DUPLICATE_SUFFIX, ParseTarget } from './parse-target.ts';
import { streamTableIndex, type StreamTableIndex } from './stream-label-values.ts';
import { ABSENT, DELETED, DELETED_PARSED } from './view-column.ts';

export const ERROR_LABEL = '__error__';
export const ERROR_DETAILS_LABEL = '__error_details__';
/** Tells the aggregation above that rows with an error are wanted (fact 51). */
export const PRESERVE_ERROR_LABEL = '__preserve_error__';

type Origin = 'stream' | 'metadata' | 'parsed';

/** The columns of one name, as `row` walks them. */
interface NamedColumns {
  readonly name: string;
  readonly parsed: LabelColumn | null;
  readonly metadata: MetadataColumn | null;
}

/** LabelColumns that stages write. Metadata and stream labels are never copied; everything a stage sets is `parsed`. */
export class ColumnLabels implements LabelColumns {
  readonly arena = new ByteArena();
  readonly #rows: LabelledRows;
  readonly #index: StreamTableIndex;
  readonly #metadata: Map<string, MetadataColumn>;
  readonly #parsed = new Map<string, LabelColumn>();
  readonly #texts = new Map<string, number>();
  #errors: LabelColumn | null = null;
  #errorDetails: LabelColumn | null = null;
  #sorted: readonly NamedColumns[] | null = null;
  #streamLabelsChanged = false;

  readonly #memory: OwnedMemory;

  constructor(rows: LabelledRows, metadata: ReadonlyMap<string, MetadataColumn>, memory: OwnedMemory) {
    this.#memory = memory;
    this.#rows = rows;
    this.#index = streamTableIndex(rows.streamTable);
    this.#index.meet(rows.stream, rows.selection, rows.selectedCount);
    this.#metadata = placeMetadata(rows, metadata, this.#index);
    this.#adoptErrors();
  }

  get streamLabelsChanged(): boolean {
    return this.#streamLabelsChanged;
  }

  get mayHaveErrors(): boolean {
    return this.#errors !== null || this.#parsed.has(ERROR_LABEL);
  }

  reader(name: string): LabelReader {
    if (name === ERROR_LABEL) return this.#errorReader(this.#errors, name);
    if (name === ERROR_DETAILS_LABEL) return this.#errorReader(this.#errorDetails, name);
    return this.#cascade(name);
  }

  /**
   * The label as label filters and formats see it: `__error__` is the error state alone, `__error_details__` an
   * ordinary label (fact 119).
   */
  filterReader(name: string): LabelReader {
    return name === ERROR_LABEL ? this.#cascadeOf(this.#errors) : this.#cascade(name);
  }

  columnNames(): readonly string[] {
    return this.#sortedColumns().map(({ name }) => name);
  }

  /** Names that some row may have, of any origin, error labels left out. */
  allNames(): readonly string[] {
    const names = new Set([...this.#index.names(), ...this.#metadata.keys(), ...this.#parsed.keys()]);
    return [...names].sort(compareUtf8);
  }

  row(row: number): Labels {
    const pairs: LabelPair[] = [];
    this.#visit(row, (_, pair) => pairs.push(pair));
    return Labels.fromSorted(pairs);
  }

  rowByOrigin(row: number): RowLabels {
    const result = { stream: [] as LabelPair[], metadata: [] as LabelPair[], parsed: [] as LabelPair[] };
    this.#visit(row, (origin, pair) => result[origin].push(pair));
    return result;
  }

  /** The parsed column of a name, made if it is not there. */
  column(name: string): LabelColumn {
    let column = this.#parsed.get(name);
    if (column === undefined) {
      column = new LabelColumn(name, this.#rows.rowCount, this.arena, this.#memory);
      this.#parsed.set(name, column);
      this.#sorted = null;
    }
    return column;
  }

  existing(name: string): LabelColumn | null {
    return this.#parsed.get(name) ?? null;
  }

  /** Where a parser puts `name`; `wants` says which of the two possible names later stages need. */
  parseTarget(name: string, wants: (name: string) => boolean): ParseTarget {
    const values = this.#index.mayHave(name) ? this.#index.values(name) : null;
    const origin = { stream: this.#rows.stream, values, metadata: this.#metadata.get(name) ?? null };
    return new ParseTarget(this, name, origin, { plain: wants(name), extracted: wants(name + DUPLICATE_SUFFIX) });
  }

  /** Sets a row's label over whatever origin has it: what label_format does (fact 145). */
  setText(name: string, row: number, text: string): void {
    const at = this.arena.appendText(text);
    this.setArena(name, row, at, this.arena.size - at);
  }

  /** The same with bytes that are in the arena already. */
  setArena(name: string, row: number, at: number, length: number): void {
    this.#noteStreamLabel(name, row);
    this.column(name).writeArena(row, at, length);
  }

  /** Removes a row's label from all origins (fact 149). */
  remove(name: string, row: number): void {
    if (name === ERROR_LABEL || name === ERROR_DETAILS_LABEL) {
      (name === ERROR_LABEL ? this.#errors : this.#errorDetails)?.writeArena(row, 0, ABSENT);
    }
    const parsed = this.existing(name);
    const length = parsed === null ? ABSENT : parsed.lengthAt(row);
    const inMetadata = (this.#metadata.get(name)?.length[row] ?? ABSENT) >= 0;
    const inStream = this.#noteStreamLabel(name, row);
    if (length >= 0) parsed?.writeArena(row, 0, DELETED_PARSED);
    else if (length === ABSENT && (inMetadata || inStream)) this.column(name).writeArena(row, 0, DELETED);
  }

  hasError(row: number): boolean {
    return this.#errors !== null && this.#errors.lengthAt(row) >= 0;
  }

  /** Makes the error state readable before it is set: a reader does not see columns that are made after it. */
  prepareErrors(): void {
    this.#errors ??= this.#errorColumn(ERROR_LABEL);
  }

  /** Sets the error state of a row, replacing an earlier one; null details leave the earlier ones away. */
  setError(row: number, code: string, details: string | null): void {
    this.#errors ??= this.#errorColumn(ERROR_LABEL);
    this.#writeText(this.#errors, row, code);
    if (details === null) {
      this.#errorDetails?.writeArena(row, 0, ABSENT);
      return;
    }
    this.#errorDetails ??= this.#errorColumn(ERROR_DETAILS_LABEL);
    this.#writeText(this.#errorDetails, row, details);
  }

  /** Whether the row's stream has `name`; if so the stream alone no longer tells the row's labels. */
  #noteStreamLabel(name: string, row: number): boolean {
    if (!this.#index.mayHave(name)) return false;
    const has = this.#index.values(name).has(this.#rows.stream[row]);
    this.#streamLabelsChanged ||= has;
    return has;
  }

  /** Few different texts occur in a batch: each is stored once. */
  #writeText(column: LabelColumn, row: number, text: string): void {
    let at = this.#texts.get(text);
    if (at === undefined) {
      at = this.arena.appendText(text);
      this.#texts.set(text, at);
    }
    column.writeArena(row, at, Buffer.byteLength(text));
  }

  #errorColumn(name: string): LabelColumn {
    this.#sorted = null;
    return new LabelColumn(name, this.#rows.rowCount, this.arena, this.#memory);
  }

  #errorReader(state: LabelColumn | null, name: string): LabelReader {
    const parsed = this.existing(name);
    if (parsed === null) return this.#cascadeOf(state);
    if (state === null) return this.#cascadeOf(parsed);
    return new FirstOf(this.#cascadeOf(state), this.#cascadeOf(parsed));
  }

  #cascade(name: string): LabelCascade {
    const values = this.#index.mayHave(name) ? this.#index.values(name) : null;
    return new LabelCascade(this.existing(name), this.#metadata.get(name) ?? null, values, this.#rows.stream);
  }

  #cascadeOf(column: LabelColumn | null): LabelCascade {
    return new LabelCascade(column, null, null, this.#rows.stream);
  }

  /** Error labels in structured metadata are the error state (fact 124). */
  #adoptErrors(): void {
    for (const name of [ERROR_LABEL, ERROR_DETAILS_LABEL]) {
      const metadata = this.#metadata.get(name);
      if (metadata === undefined) continue;
      this.#metadata.delete(name);
      const column = this.#errorColumn(name);
      for (let row = 0; row < this.#rows.rowCount; row++) {
        const start = metadata.start[row];
        const length = metadata.length[row];
        if (length >= 0) column.writeSlice(row, metadata.values, start, start + length);
      }
      if (name === ERROR_LABEL) this.#errors = column;
      else this.#errorDetails = column;
    }
  }

  #sortedColumns(): readonly NamedColumns[] {
    if (this.#sorted !== null) return this.#sorted;
    const names = new Set([...this.#metadata.keys(), ...this.#parsed.keys()]);
    const columns: NamedColumns[] = [...names]
      .filter((name) => name !== ERROR_LABEL && name !== ERROR_DETAILS_LABEL)
      .map((name) => ({ name, parsed: this.existing(name), metadata: this.#metadata.get(name) ?? null }));
    for (const [name, state] of [
      [ERROR_LABEL, this.#errors],
      [ERROR_DETAILS_LABEL, this.#errorDetails],
    ] as const) {
      if (state !== null || this.#parsed.has(name)) columns.push({ name, parsed: null, metadata: null });
    }
    return (this.#sorted = columns.sort((a, b) => compareUtf8(a.name, b.name)));
  }

  /** Calls `emit` for each final label of a row in name order: a merge of the stream's pairs and the columns. */
  #visit(row: number, emit: (origin: Origin, pair: LabelPair) => void): void {
    const pairs = this.#rows.streamTable[this.#rows.stream[row]]?.pairs ?? [];
    let next = 0;
    for (const columns of this.#sortedColumns()) {
      while (next < pairs.length && compareUtf8(pairs[next][0], columns.name) < 0) {
        emit('stream', pairs[next++]);
      }
      const same = pairs[next]?.[0] === columns.name ? pairs[next++] : null;
      this.#visitColumns(row, columns, same, emit);
    }
    while (next < pairs.length) emit('stream', pairs[next++]);
  }

  #visitColumns(
    row: number,
    { name, parsed, metadata }: NamedColumns,
    inStream: LabelPair | null,
    emit: (origin: Origin, pair: LabelPair) => void,
  ): void {
    if (name === ERROR_LABEL || name === ERROR_DETAILS_LABEL) {
      const reader = this.reader(name);
      if (reader.at(row)) emit('parsed', [name, textOf(reader)]);
      return;
    }
    const state = parsed === null ? ABSENT : parsed.lengthAt(row);
    if (state >= 0) {
      const reader = this.#cascadeOf(parsed);
      reader.at(row);
      emit('parsed', [name, textOf(reader)]);
    } else if (state === ABSENT) {
      const length = metadata?.length[row] ?? ABSENT;
      const start = metadata?.start[row] ?? 0;
      if (metadata !== null && length >= 0)
        emit('metadata', [name, decodeUtf8(metadata.values, start, start + length)]);
      else if (inStream !== null) emit('stream', inStream);
    }
  }
}

/** One reader, and another for the rows that the first does not have. */
class FirstOf implements LabelReader {
  heap: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  readonly #first: LabelReader;
  readonly #second: LabelReader;

  constructor(first: LabelReader, second: LabelReader) {
    this.#first = first;
    this.#second = second;
  }

  at(row: number): boolean {
    const reader = this.#first.at(row) ? this.#first : this.#second.at(row) ? this.#second : null;
    if (reader === null) return false;
    this.heap = reader.heap;
    this.start = reader.start;
    this.end = reader.end;
    return true;
  }
}

/** The value that the last `at` found. */
export function textOf(reader: LabelReader): string {
  return decodeUtf8(reader.heap, reader.start, reader.end);
}
