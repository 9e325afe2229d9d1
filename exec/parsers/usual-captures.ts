import type { MutableBatch } from '../batch/create-batch.ts';
import type { LabelColumn } from '../batch/label-column.ts';
import type { ParseTarget } from '../batch/parse-target.ts';
import type { TextColumn } from '../batch/text-column.ts';
import { captureFinder } from '../kernels/find-captures/capture-finder.ts';
import type { FoundCaptures, LinePattern } from '../kernels/find-captures/line-pattern.ts';
import { isWorthwhile } from './is-worthwhile.ts';

/** Rows whose labels are set, and in which columns, in the order of the line. */
export interface UsualRows {
  readonly found: FoundCaptures;
  readonly columns: readonly LabelColumn[];
}

/** Sets the labels of all lines of a batch at once that have a pattern up to its last capture that is wanted. */
export class UsualCaptures {
  readonly #prefix: Uint8Array;
  readonly #untils: readonly Uint8Array[];

  constructor(prefix: Uint8Array, captures: readonly { readonly until: Uint8Array }[]) {
    this.#prefix = prefix;
    this.#untils = captures.map(({ until }) => until);
  }

  /**
   * `targets` of the captures, null where nobody wants one. Null when nothing was set: too few rows, or a label that is not
   * from the line in some rows.
   */
  set(batch: MutableBatch, line: TextColumn, targets: readonly (ParseTarget | null)[]): UsualRows | null {
    const { selection, selectedCount } = batch;
    if (!isWorthwhile(batch)) return null;
    const columns = columnsOf(targets);
    if (columns === null) return null;
    const found = captureFinder().find(line, selection, selectedCount, this.#patternOf(targets));
    if (found === null) return null;
    for (const [c, column] of columns.entries()) {
      const own = found.spans.subarray(2 * c * selectedCount, 2 * (c + 1) * selectedCount);
      column.writeSlices(line.values, selection, selectedCount, own, found.isFound);
    }
    return { found, columns };
  }

  #patternOf(targets: readonly (ParseTarget | null)[]): LinePattern {
    const last = targets.findLastIndex((target) => target !== null);
    const untils = this.#untils.slice(0, last + 1);
    return { prefix: this.#prefix, captures: untils.map((until, c) => ({ until, isWanted: targets[c] !== null })) };
  }
}

/** The columns of the targets, where they are those of all rows and no row has a value; else null. */
function columnsOf(targets: readonly (ParseTarget | null)[]): LabelColumn[] | null {
  const columns: LabelColumn[] = [];
  for (const target of targets) {
    if (target === null) continue;
    const column = target.ofAllRows();
    if (column === null || !column.isEmpty || columns.includes(column)) return null;
    columns.push(column);
  }
  return columns.length === 0 ? null : columns;
}
