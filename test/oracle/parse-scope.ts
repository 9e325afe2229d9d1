import type { LabelPredicate } from '../../grammar/ast.ts';
import { keepsRow } from './label-filter.ts';
import { EXTRACTED, PRESERVE, type OracleRow } from './oracle-row.ts';

/** An immediate filter refused the row (fact 48). */
export const REFUSED = Symbol('refused');
/** Everything that is needed was found: the rest of the line is not read (fact 47). */
export const FOUND_ALL = Symbol('found all');
export type Outcome = typeof REFUSED | typeof FOUND_ALL | null;

/** What a parser looks for, and what it asks of a label that it has just found. */
export class ParseScope {
  /** Names that later stages read; null is all of them (fact 46). */
  readonly #needed: ReadonlySet<string> | null;
  readonly #preserveErrors: boolean;
  /** By label: the pipeline's first filter on this label alone (fact 48). */
  readonly #filters: ReadonlyMap<string, LabelPredicate>;

  constructor(
    needed: ReadonlySet<string> | null,
    preserveErrors: boolean,
    filters: ReadonlyMap<string, LabelPredicate>,
  ) {
    this.#needed = needed;
    this.#preserveErrors = preserveErrors;
    this.#filters = filters;
  }

  needsBelow(prefix: string): boolean {
    return this.#needed === null || [...this.#needed].some((name) => name.startsWith(prefix));
  }

  /** Whether earlier parsers found all that is needed. */
  isDone(row: OracleRow): boolean {
    return this.#needed !== null && [...this.#needed].every((name) => row.hasParsed(name));
  }

  /** Stores what the parser found, unless the row has the label already (fact 121) or nobody reads it. */
  found(row: OracleRow, key: string, value: string): Outcome {
    const name = row.parsedName(key);
    if (key === '' || !row.isFree(name)) return null;
    if (this.#needed !== null && !this.#needed.has(name)) return null;
    row.set(name, value);
    const filter = this.#filters.get(name);
    if (filter !== undefined && !keepsRow(filter, row)) return REFUSED;
    return this.isDone(row) ? FOUND_ALL : null;
  }

  fail(row: OracleRow, error: string, details: string | null): null {
    row.setError(error, details);
    if (this.#preserveErrors) row.set(PRESERVE, 'true');
    return null;
  }
}

/** Names that `x_extracted` may come from are needed too. */
export function withPlainNames(names: Iterable<string>): Set<string> {
  const all = new Set<string>();
  for (let name of names) {
    all.add(name);
    while (name.endsWith(EXTRACTED) && name !== EXTRACTED) {
      name = name.slice(0, -EXTRACTED.length);
      all.add(name);
    }
  }
  return all;
}
