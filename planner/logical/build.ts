import type * as ast from '../../grammar/ast.ts';
import { assert, unreachable } from '../../src/common/assert.ts';
import { SkaldError } from '../../src/common/errors.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { Grouping, StepGrid, VectorMatching } from '../ir/metric.ts';
import { lastStepNs } from '../ir/metric.ts';
import type { Stage } from '../ir/stage.ts';
import { FRAGMENTS_MAX, PLAN_NODES_MAX } from '../limits.ts';
import { hoistLineFilters, removeUnreadLineFormats } from './arrange-stages.ts';
import { buildStage, buildUnwrap, plain } from './build-stages.ts';
import { attachImmediateFilters } from './immediate-filters.ts';
import type {
  LogicalPlan,
  LogPlan,
  MetricPlan,
  Projection,
  RangeAggregation,
  Scan,
  VectorAggregation,
} from './plan.ts';
import type { QueryParams } from './query-params.ts';
import { scopeParsers, TRANSPARENT_TO_SUM } from './scope-parsers.ts';
import { splitAverage } from './split-average.ts';
import { countNodes, scansOf } from './visit.ts';

export const ALL_COLUMNS: Projection = { line: true, metadata: 'all' };
export const NO_COLUMNS: Projection = { line: false, metadata: [] };

/**
 * What the query says, before any rule. What Loki does to the text itself is done here, because it shows in results:
 * facts 46 (which parsers run), 48, 53 and 106. Throws SkaldError `query_limit` for a plan that is too large.
 */
export function buildLogicalPlan(expr: ast.Expr, params: QueryParams): LogicalPlan {
  const plan = expr.kind === 'LogExpr' ? buildLogQuery(expr, params) : buildMetric(expr, gridOf(params));
  checkSize(plan);
  return plan;
}

function checkSize(plan: LogicalPlan): void {
  const nodes = countNodes(plan);
  if (nodes > PLAN_NODES_MAX) {
    throw new SkaldError(
      'query_limit',
      `Cannot plan the query: it has ${nodes} steps, at most ${PLAN_NODES_MAX} are allowed`,
    );
  }
  const scans = scansOf(plan).length;
  if (scans > FRAGMENTS_MAX) {
    throw new SkaldError(
      'query_limit',
      `Cannot plan the query: it selects streams ${scans} times, at most ${FRAGMENTS_MAX} are allowed`,
    );
  }
}

function buildLogQuery(expr: ast.LogExpr, params: QueryParams): LogPlan {
  const { startNs, endNs, limit, direction, intervalNs, splitNs = 0n } = params;
  const range = { start: startNs, end: startNs === endNs ? startNs + 1n : endNs };
  const stages = attachImmediateFilters(hoistLineFilters(expr.stages.map(buildStage)));
  const rows = buildPipeline(expr.selector, range, stages);
  const split = splitNs > 0n ? { splitNs } : {};
  const sampled: LogPlan = intervalNs > 0n ? { kind: 'Sample', input: rows, intervalNs, direction, ...split } : rows;
  return { kind: 'TopK', input: sampled, limit, direction, late: NO_COLUMNS };
}

function buildPipeline(selector: ast.Selector, range: TimeRange, stages: readonly Stage[]): LogPlan {
  const matchers = selector.matchers.map((matcher) => plain(matcher));
  const scan: Scan = { kind: 'Scan', matchers, range, predicates: [], projection: ALL_COLUMNS };
  return stages.reduce<LogPlan>((input, stage) => ({ kind: 'Pipe', input, stage }), scan);
}

function gridOf({ startNs, endNs, stepNs, instant }: QueryParams): StepGrid {
  if (instant) return { startNs, endNs: startNs, stepNs: 0n };
  assert(stepNs > 0n, 'a range query has a positive step');
  return { startNs, endNs, stepNs };
}

function buildMetric(expr: ast.MetricExpr, grid: StepGrid): MetricPlan {
  switch (expr.kind) {
    case 'RangeAggregation':
      return buildOverTime(expr, grid, null);
    case 'VectorAggregation':
      return buildVectorAggregation(expr, grid);
    case 'BinaryOp': {
      const { kind, op, returnBool } = expr;
      const left = buildMetric(expr.left, grid);
      const right = buildMetric(expr.right, grid);
      return { kind, op, left, right, returnBool, matching: buildMatching(expr.matching) };
    }
    case 'LabelReplace': {
      const { kind, destination, replacement, source, pattern } = expr;
      return { kind, input: buildMetric(expr.input, grid), destination, replacement, source, pattern };
    }
    case 'NumberLiteral':
    case 'VectorLiteral':
      return { kind: expr.kind, value: expr.value, grid };
    case 'Variants':
      return { kind: 'Variants', variants: expr.variants.map((variant) => buildMetric(variant, grid)) };
    default:
      return unreachable(expr);
  }
}

function buildVectorAggregation(expr: ast.VectorAggregation, grid: StepGrid): VectorAggregation {
  const { kind, op, parameter } = expr;
  const grouping = buildGrouping(expr.grouping);
  const outer = op === 'sum' ? (grouping ?? { without: false, names: [] }) : null;
  const input =
    expr.input.kind === 'RangeAggregation' ? buildOverTime(expr.input, grid, outer) : buildMetric(expr.input, grid);
  return { kind, op, parameter, input, grouping };
}

function buildOverTime(expr: ast.RangeAggregation, grid: StepGrid, outer: Grouping | null): MetricPlan {
  const average = splitAverage(expr);
  return average === null ? buildRangeAggregation(expr, grid, outer) : buildMetric(average, grid);
}

/** `outer` is the grouping of a `sum` directly around it. */
function buildRangeAggregation(expr: ast.RangeAggregation, grid: StepGrid, outer: Grouping | null): RangeAggregation {
  const { kind, op, parameter, logRange } = expr;
  const { intervalNs: rangeNs, offsetNs } = logRange;
  const own = buildGrouping(expr.grouping);
  const unwrap = logRange.unwrap === null ? null : buildUnwrap(logRange.unwrap);
  const visible = own ?? (TRANSPARENT_TO_SUM.has(op) ? outer : null) ?? noLabelsIf(op === 'absent_over_time');
  const arranged = removeUnreadLineFormats(hoistLineFilters(logRange.log.stages.map(buildStage)), op);
  const stages = attachImmediateFilters(scopeParsers(arranged, unwrap, visible));
  const range = { start: grid.startNs - offsetNs - rangeNs + 1n, end: lastStepNs(grid) - offsetNs + 1n };
  const input = buildPipeline(logRange.log.selector, range, stages);
  // The unwrapped label goes unless a `by` names it (fact 43): such a grouping cannot wait for the sum.
  const namesUnwrapped = unwrap !== null && visible?.without === false && visible.names.includes(unwrap.label);
  const grouping = own ?? (namesUnwrapped ? visible : null);
  return { kind, op, parameter, input, unwrap, rangeNs, offsetNs, grouping, grid };
}

/** An absent series has the selector's labels and none of the entries'. */
function noLabelsIf(condition: boolean): Grouping | null {
  return condition ? { without: false, names: [] } : null;
}

function buildGrouping(grouping: ast.Grouping | null): Grouping | null {
  return grouping === null ? null : { without: grouping.without, names: [...grouping.names] };
}

function buildMatching(matching: ast.VectorMatching | null): VectorMatching | null {
  if (matching === null) return null;
  const { on, names, group, include } = matching;
  return { on, names, group, include };
}
