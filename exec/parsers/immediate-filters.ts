import { AssertionError } from '../../src/common/assert.ts';
import type { LabelPredicate } from '../../planner/ir/stage.ts';
import type { ColumnLabels } from '../batch/column-labels.ts';
import type { LabelColumn } from '../batch/label-column.ts';
import { compilePredicate, type RowPredicate } from '../stages/label-predicate.ts';

interface Filter {
  readonly name: string;
  readonly predicate: RowPredicate;
  column: LabelColumn | null;
}

/**
 * A parser's filters that rows must pass as soon as the parser has set their label (fact 48). For each batch `begin`; for each
 * of its rows `before`, then `refuses` whenever a label was set, in the order of the line, and `after` unless the row was
 * refused. A filter whose label the row does not get from this parser has no say: its stage decides later.
 */
export class ImmediateFilters {
  readonly isAny: boolean;
  readonly #filters: readonly Filter[];
  /** Filters of labels that the row got since `before`, in that order: the first conversion that fails is the row's error. */
  readonly #met: Filter[] = [];
  #metCount = 0;

  constructor(predicates: readonly LabelPredicate[] | undefined) {
    this.#filters = (predicates ?? []).map((predicate) => ({
      name: nameOf(predicate),
      predicate: compilePredicate(predicate),
      column: null,
    }));
    this.isAny = this.#filters.length > 0;
  }

  /** The labels that filters are about. */
  get names(): ReadonlySet<string> {
    return new Set(this.#filters.map(({ name }) => name));
  }

  /** Makes the columns of the filters' labels. False when there are no filters: the other methods need not be called. */
  begin(labels: ColumnLabels): boolean {
    for (const filter of this.#filters) {
      filter.column = labels.column(filter.name);
      filter.predicate.bind(labels);
    }
    return this.isAny;
  }

  /**
   * The row just got a value in `column`. True when `after` would certainly say no, so that nothing more of the row need be
   * read; false also where that depends on the errors of other labels. Sets no error.
   */
  refuses(column: LabelColumn, row: number): boolean {
    for (const filter of this.#filters) {
      if (filter.column !== column) continue;
      if (filter.predicate.refuses(row)) return true;
      this.#met[this.#metCount++] = filter;
    }
    return false;
  }

  before(): void {
    this.#metCount = 0;
  }

  /** Whether the row passes the filters whose labels it got. Sets the error of a value that cannot be converted. */
  after(row: number): boolean {
    for (let i = 0; i < this.#metCount; i++) if (!this.#met[i].predicate.test(row)) return false;
    return true;
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
