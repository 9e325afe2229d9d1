import type { MutableBatch } from '../batch/create-batch.ts';
import type { ParseTarget } from '../batch/parse-target.ts';
import type { TextColumn } from '../batch/text-column.ts';
import { captureFinder } from '../kernels/find-captures/capture-finder.ts';
import type { LinePattern } from '../kernels/find-captures/line-pattern.ts';
import { isWorthwhile } from './is-worthwhile.ts';
import { emptyColumns, setUsualRows, type UsualRows } from './usual-rows.ts';

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
    const columns = emptyColumns(targets.filter((target) => target !== null));
    if (columns === null || columns.length === 0) return null;
    const found = captureFinder().find(line, selection.subarray(0, selectedCount), this.#patternOf(targets));
    if (found === null) return null;
    const rows = { found, columns };
    setUsualRows(batch, line, rows);
    return rows;
  }

  #patternOf(targets: readonly (ParseTarget | null)[]): LinePattern {
    const last = targets.findLastIndex((target) => target !== null);
    const untils = this.#untils.slice(0, last + 1);
    return { prefix: this.#prefix, captures: untils.map((until, c) => ({ until, isWanted: targets[c] !== null })) };
  }
}
