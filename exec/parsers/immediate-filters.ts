import { AssertionError } from '../../src/common/assert.ts';
import type { LabelPredicate } from '../../planner/ir/stage.ts';
import type { ColumnLabels } from '../batch/column-labels.ts';
import type { LabelColumn } from '../batch/label-column.ts';
import { compilePredicate, type RowPredicate } from '../stages/label-predicate.ts';

interface Filter {
  readonly name: string;
  readonly predicate: RowPredicate;
  column: LabelColumn | null;
  /** Whether the current row had the label before the parser ran. */
  had: boolean;
}

/** A parser's filters that rows must pass as soon as the parser has set their label (fact 48). */
export class ImmediateFilters {
  readonly isAny: boolean;
  readonly #filters: readonly Filter[];

  constructor(predicates: readonly LabelPredicate[] | undefined) {
    this.#filters = (predicates ?? []).map((predicate) => ({
      name: nameOf(predicate),
      predicate: compilePredicate(predicate),
      column: null,
      had: false,
    }));
    this.isAny = this.#filters.length > 0;
  }

  /** Before the rows of a batch; false when there are no filters and the other methods need not be called. */
  begin(labels: ColumnLabels): boolean {
    for (const filter of this.#filters) {
      filter.column = labels.column(filter.name);
      filter.predicate.bind(labels);
    }
    return this.isAny;
  }

  /**
   * Whether the value that the row just got in `column` is certain to be refused by `after`: nothing more of the row need
   * be read then. False where that depends on other labels' errors.
   */
  refuses(column: LabelColumn, row: number): boolean {
    for (const filter of this.#filters) {
      if (filter.column === column && filter.predicate.refuses(row)) return true;
    }
    return false;
  }

  before(row: number): void {
    for (const filter of this.#filters) filter.had = (filter.column?.lengthAt(row) ?? -1) >= 0;
  }

  /** Whether the row passes the filters whose label it got since `before`. */
  after(row: number): boolean {
    return this.#filters.every(
      ({ column, had, predicate }) => had || (column?.lengthAt(row) ?? -1) < 0 || predicate.test(row),
    );
  }
}

function nameOf(predicate: LabelPredicate): string {
  switch (predicate.kind) {
    case 'String':
      return predicate.matcher.name;
    case 'And':
    case 'Or':
      throw new AssertionError(`an immediate filter is about one label, not ${predicate.kind}`);
    default:
      return predicate.name;
  }
}
