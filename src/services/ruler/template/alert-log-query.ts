import { goQuote } from '../../../common/go-quote.ts';
import type { Labels } from '../../../common/labels.ts';
import type { Expr, RangeAggregation } from '../../../../grammar/ast.ts';
import { parseQuery } from '../../../../grammar/parse.ts';
import { print } from '../../../../grammar/print.ts';
import { walk } from '../../../../grammar/visit.ts';

/** The log query behind an alert. */
export interface AlertLogQuery {
  /** Selects the entries that the series of the alert was made of. */
  readonly query: string;
  /** They are in `(timeNs - offsetNs - rangeNs, timeNs - offsetNs]`. */
  readonly rangeNs: bigint;
  readonly offsetNs: bigint;
}

/**
 * The log query inside a rule's expression, narrowed to the labels of one of its series: of
 * `sum by (app) (rate({env="prod"} |= "error" [5m])) > 1` and `{app="shop"}` it is
 * `{env="prod"} |= "error" | app="shop"`. Of several, the first. Null when there is none: `vector(1)`.
 */
export function alertLogQuery(expr: string, labels: Labels): AlertLogQuery | null {
  const tree = parseQuery(expr);
  const ranges: RangeAggregation[] = [];
  const made = new Set<string>();
  walk(tree, (node) => {
    if (node.kind === 'RangeAggregation') ranges.push(node);
    if (node.kind === 'LabelReplace') made.add(node.destination);
  });
  const [range] = ranges;
  if (range === undefined) return null;
  const { log, intervalNs, offsetNs } = range.logRange;
  // Labels that label_replace made are of no entry.
  const filters = labels.pairs
    .filter(([name]) => !name.startsWith('__') && !made.has(name))
    .map(([name, value]) => ` | ${name}=${goQuote(value)}`);
  return { query: print(log satisfies Expr) + filters.join(''), rangeNs: intervalNs, offsetNs };
}
