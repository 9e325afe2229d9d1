import type { Expr, Grouping, LabelPredicate, LogExpr, MetricExpr, Stage } from '../../grammar/ast.ts';
import { print } from '../../grammar/print.ts';
import { parseQuery } from '../../grammar/parse.ts';

/** Queries that are a little smaller, largest cuts first. They may be invalid. */
export function smallerQueries(text: string): string[] {
  return smallerExprs(parseQuery(text)).flatMap((expr) => {
    try {
      const smaller = print(expr);
      return smaller === text ? [] : [smaller];
    } catch {
      return [];
    }
  });
}

function smallerExprs(expr: Expr): Expr[] {
  return expr.kind === 'LogExpr' ? smallerLogs(expr) : smallerMetrics(expr);
}

function smallerMetrics(expr: MetricExpr): MetricExpr[] {
  switch (expr.kind) {
    case 'BinaryOp':
      return [
        expr.left,
        expr.right,
        ...smallerMetrics(expr.left).map((left) => ({ ...expr, left })),
        ...smallerMetrics(expr.right).map((right) => ({ ...expr, right })),
        ...(expr.matching === null ? [] : [{ ...expr, matching: null }]),
      ];
    case 'VectorAggregation':
      return [
        expr.input,
        ...smallerMetrics(expr.input).map((input) => ({ ...expr, input })),
        ...smallerGroupings(expr.grouping).map((grouping) => ({ ...expr, grouping })),
      ];
    case 'LabelReplace':
      return [expr.input, ...smallerMetrics(expr.input).map((input) => ({ ...expr, input }))];
    case 'RangeAggregation': {
      const { logRange } = expr;
      const { unwrap } = logRange;
      return [
        ...smallerLogs(logRange.log).map((log) => ({ ...expr, logRange: { ...logRange, log } })),
        ...smallerGroupings(expr.grouping).map((grouping) => ({ ...expr, grouping })),
        ...(unwrap === null
          ? []
          : without(unwrap.postFilters).map((postFilters) => ({
              ...expr,
              logRange: { ...logRange, unwrap: { ...unwrap, postFilters } },
            }))),
        ...(logRange.offsetNs === 0n ? [] : [{ ...expr, logRange: { ...logRange, offsetNs: 0n } }]),
      ];
    }
    default:
      return [];
  }
}

function smallerGroupings(grouping: Grouping | null): (Grouping | null)[] {
  if (grouping === null) return [];
  return [null, ...without(grouping.names).map((names) => ({ ...grouping, names }))];
}

function smallerLogs(log: LogExpr): LogExpr[] {
  const { selector, stages } = log;
  return [
    ...without(stages).map((fewer) => ({ ...log, stages: fewer })),
    ...stages.flatMap((stage, i) =>
      smallerStages(stage).map((smaller) => ({ ...log, stages: stages.with(i, smaller) })),
    ),
    ...without(selector.matchers).map((matchers) => ({ ...log, selector: { ...selector, matchers } })),
  ];
}

function smallerStages(stage: Stage): Stage[] {
  switch (stage.kind) {
    case 'LineFilter':
      return without(stage.alternatives).map((alternatives) => ({ ...stage, alternatives }));
    case 'LabelFilter':
      return smallerPredicates(stage.predicate).map((predicate) => ({ ...stage, predicate }));
    case 'Json':
      return without(stage.extractions).map((extractions) => ({ ...stage, extractions }));
    case 'Logfmt':
      return [
        ...without(stage.extractions).map((extractions) => ({ ...stage, extractions })),
        ...(stage.strict ? [{ ...stage, strict: false }] : []),
        ...(stage.keepEmpty ? [{ ...stage, keepEmpty: false }] : []),
      ];
    case 'LabelFormat':
      return without(stage.items).map((items) => ({ ...stage, items }));
    case 'Drop':
    case 'Keep':
      return without(stage.targets).map((targets) => ({ ...stage, targets }));
    default:
      return [];
  }
}

function smallerPredicates(predicate: LabelPredicate): LabelPredicate[] {
  if (predicate.kind !== 'And' && predicate.kind !== 'Or') return [];
  return [
    predicate.left,
    predicate.right,
    ...smallerPredicates(predicate.left).map((left) => ({ ...predicate, left })),
    ...smallerPredicates(predicate.right).map((right) => ({ ...predicate, right })),
  ];
}

/** The list with each one of its items left out. */
function without<T>(items: readonly T[]): T[][] {
  return items.map((_, i) => items.filter((__, k) => k !== i));
}
