import type { Grouping, RangeAggregationOp } from '../ir/metric.ts';
import type { LabelHint, Parser, Stage, Unwrap } from '../ir/stage.ts';
import { isExplicit, isParser, labelsReadBy, predicateLabels, unite, withOrigins } from './stage-traits.ts';

/** Range aggregations through which Loki sees the grouping of a `sum` around them (spec fact 46). */
export const TRANSPARENT_TO_SUM: ReadonlySet<RangeAggregationOp> = new Set<RangeAggregationOp>([
  'count_over_time',
  'rate',
  'bytes_over_time',
  'bytes_rate',
  'sum_over_time',
]);

/**
 * Limits the parsers of a metric query to the labels that its grouping, filters, formats and unwrap name. This decides
 * which parser errors a query notices, so it is part of the language and not an optimization (spec facts 46, 47, 51):
 *
 * - no grouping, or `without`: all labels stay visible, parsers read whole lines and can fail the query;
 * - `by ()` and nothing names a label: no parser runs at all (a regexp stage does, but it cannot fail), not even unpack;
 * - else parsers look for the named labels and stop when they have them. `__error__` among the names is never found, so
 *   the whole line is read; grouping by it, or filtering on it under `by ()`, keeps errors from failing the query.
 *
 * A parser with explicit extractions is not limited: it looks for nothing else anyway.
 */
export function scopeParsers(
  stages: readonly Stage[],
  unwrap: Unwrap | null,
  grouping: Grouping | null,
): readonly Stage[] {
  if (grouping === null || grouping.without) return stages;
  const read = unite(...stages.map(labelsReadBy), unwrapLabels(unwrap));
  const keepsNoLabel = grouping.names.length === 0;
  if (keepsNoLabel && read.length === 0) {
    return stages.filter((stage) => !isParser(stage) || stage.kind === 'Regexp');
  }
  const needed = withOrigins(unite(read, grouping.names));
  const preserve = (keepsNoLabel && read.includes('__error__')) || grouping.names.includes('__error__');
  return stages.map((stage) => (isParser(stage) ? limited(stage, needed, preserve) : stage));
}

export function unwrapLabels(unwrap: Unwrap | null): readonly string[] {
  return unwrap === null ? [] : [unwrap.label, ...unwrap.postFilters.flatMap(predicateLabels)];
}

function limited(parser: Parser, needed: LabelHint, preserve: boolean): Parser {
  const scoped: Parser = isExplicit(parser) ? parser : { ...parser, needed };
  const fallible = scoped.kind === 'Json' || scoped.kind === 'Logfmt' || scoped.kind === 'Unpack';
  return preserve && fallible ? { ...scoped, preserveErrors: true } : scoped;
}
