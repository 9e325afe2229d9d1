import type { LabelColumn } from './label-column.ts';
import type { MetadataColumn } from './label-cascade.ts';
import type { StreamLabelValues } from './stream-label-values.ts';
import { ABSENT } from './view-column.ts';

/** What a later parser appends to a name that a stream label or structured metadata has already (fact 121). */
export const DUPLICATE_SUFFIX = '_extracted';

/** Where a parser puts one name. Columns are made when the first row writes them. */
export interface ParseTargetSource {
  /** The existing column, or null. */
  existing(name: string): LabelColumn | null;
  /** The column, made if it is not there. */
  column(name: string): LabelColumn;
}

/**
 * Resolves, per row, the column that a parsed name goes to: `name`, or `name_extracted` when the row's stream or
 * metadata has `name`; none when the row has a parsed value already (fact 121) or later stages do not need it.
 */
export class ParseTarget {
  readonly #name: string;
  readonly #source: ParseTargetSource;
  readonly #stream: Uint32Array;
  readonly #values: StreamLabelValues | null;
  readonly #metadata: MetadataColumn | null;
  readonly #wantsPlain: boolean;
  readonly #wantsExtracted: boolean;
  #plain: LabelColumn | null;
  #extracted: LabelColumn | null = null;
  /** The column of all rows, where the name is only in lines. */
  #fixed: LabelColumn | null = null;

  constructor(
    source: ParseTargetSource,
    name: string,
    origin: { stream: Uint32Array; values: StreamLabelValues | null; metadata: MetadataColumn | null },
    wants: { plain: boolean; extracted: boolean },
  ) {
    this.#source = source;
    this.#name = name;
    this.#stream = origin.stream;
    this.#values = origin.values;
    this.#metadata = origin.metadata;
    this.#wantsPlain = wants.plain;
    this.#wantsExtracted = wants.extracted;
    this.#plain = source.existing(name);
  }

  /** The column in which the row may set a value that it did not have yet, or null. */
  free(row: number): LabelColumn | null {
    const column = this.any(row);
    return column !== null && column.isFree(row) ? column : null;
  }

  /** The column of all rows of the batch, or null when it is not the same for all or nobody needs it. */
  ofAllRows(): LabelColumn | null {
    if (!this.#wantsPlain || this.#values !== null || this.#metadata !== null) return null;
    this.#plain ??= this.#source.column(this.#name);
    return (this.#fixed = this.#plain);
  }

  /** The column of the row, whether it has a value or not; null when nobody needs it. */
  any(row: number): LabelColumn | null {
    if (this.#fixed !== null) return this.#fixed;
    if (this.collides(row)) {
      if (!this.#wantsExtracted) return null;
      return (this.#extracted ??= this.#source.column(this.#name + DUPLICATE_SUFFIX));
    }
    if (!this.#wantsPlain) return null;
    this.#plain ??= this.#source.column(this.#name);
    if (this.#values === null && this.#metadata === null) this.#fixed = this.#plain;
    return this.#plain;
  }

  /** Whether the row's stream has the name, deleted or not, or its metadata still has it. */
  collides(row: number): boolean {
    if (this.#values !== null && this.#values.has(this.#stream[row])) return true;
    if (this.#metadata === null || this.#metadata.length[row] < 0) return false;
    this.#plain ??= this.#source.existing(this.#name);
    return this.#plain === null || this.#plain.lengthAt(row) === ABSENT;
  }
}
