import { Labels, type LabelPair } from '../../src/common/labels.ts';
import { compareUtf8 } from '../../src/common/utf8.ts';
import type { OracleEntry } from './oracle-data.ts';

export const ERROR = '__error__';
export const DETAILS = '__error_details__';
export const PRESERVE = '__preserve_error__';
export const EXTRACTED = '_extracted';

/** Labels of a row by where they come from, each sorted by name. Errors count as parsed (fact 22). */
export interface LabelsByOrigin {
  readonly stream: readonly LabelPair[];
  readonly metadata: readonly LabelPair[];
  readonly parsed: readonly LabelPair[];
}

/** One entry on its way through a pipeline. */
export class OracleRow {
  readonly timestampNs: bigint;
  line: string;
  error: string | null = null;
  errorDetails: string | null = null;
  readonly #streamNames: ReadonlySet<string>;
  readonly #stream: Map<string, string>;
  readonly #metadata = new Map<string, string>();
  readonly #parsed = new Map<string, string>();
  /** Names that were parsed and removed since: no parser sets them again (fact 121). */
  readonly #usedUp = new Set<string>();

  constructor(labels: Readonly<Record<string, string>>, entry: OracleEntry) {
    this.timestampNs = entry.timestampNs;
    this.line = entry.line;
    this.#stream = new Map(Object.entries(labels));
    this.#streamNames = new Set(this.#stream.keys());
    // Metadata with the name of a stream label moves aside (fact 122), for metadata of that name already there it does not.
    for (const [name, value] of Object.entries(entry.metadata)) {
      if (this.#streamNames.has(name)) this.#metadata.set(name + EXTRACTED, value);
    }
    for (const [name, value] of Object.entries(entry.metadata)) {
      if (name === ERROR) this.error = value;
      else if (name === DETAILS) this.errorDetails = value;
      else if (!this.#streamNames.has(name)) this.#metadata.set(name, value);
    }
  }

  /** As label filters and unwrap see it: `__error__` is the error state, the details are not readable (fact 119). */
  filterValue(name: string): string | undefined {
    return name === ERROR ? (this.error ?? undefined) : this.#plain(name);
  }

  /** As templates, drop and keep see it. */
  value(name: string): string | undefined {
    if (name === ERROR) return this.error ?? this.#parsed.get(name);
    if (name === DETAILS) return this.errorDetails ?? this.#parsed.get(name);
    return this.#plain(name);
  }

  #plain(name: string): string | undefined {
    return this.#parsed.get(name) ?? this.#metadata.get(name) ?? this.#stream.get(name);
  }

  /** The name under which a parser stores `name` (fact 121). */
  parsedName(name: string): string {
    return this.isTaken(name) ? name + EXTRACTED : name;
  }

  /** Whether the stream or the metadata has the name. */
  isTaken(name: string): boolean {
    return this.#streamNames.has(name) || this.#metadata.has(name);
  }

  hasParsed(name: string): boolean {
    return this.#parsed.has(name);
  }

  /** Whether a parser may set the name: the first value stays, also when it was removed (fact 121). */
  isFree(name: string): boolean {
    return !this.#parsed.has(name) && !this.#usedUp.has(name);
  }

  /** Sets a label over whatever has the name (fact 122). */
  set(name: string, value: string): void {
    this.#stream.delete(name);
    this.#metadata.delete(name);
    this.#parsed.set(name, value);
    this.#usedUp.delete(name);
  }

  /** Removes a label wherever it is (fact 149). */
  remove(name: string): void {
    if (name === ERROR) this.error = null;
    if (name === DETAILS) this.errorDetails = null;
    this.#stream.delete(name);
    this.#metadata.delete(name);
    if (this.#parsed.delete(name)) this.#usedUp.add(name);
  }

  setError(error: string, details: string | null): void {
    this.error = error;
    this.errorDetails = details;
  }

  labels(): Labels {
    const { stream, metadata, parsed } = this.byOrigin();
    return Labels.from([...stream, ...metadata, ...parsed]);
  }

  byOrigin(): LabelsByOrigin {
    const parsed = new Map(this.#parsed);
    if (this.error !== null) parsed.set(ERROR, this.error);
    if (this.errorDetails !== null) parsed.set(DETAILS, this.errorDetails);
    return { stream: sorted(this.#stream), metadata: sorted(this.#metadata), parsed: sorted(parsed) };
  }
}

function sorted(labels: ReadonlyMap<string, string>): LabelPair[] {
  return [...labels].sort(([a], [b]) => compareUtf8(a, b));
}
