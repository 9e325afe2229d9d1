import type { Expr } from '../ast.ts';
import { walk } from '../visit.ts';
import type { Check } from './check.ts';
import { labelFormatCheck } from './label-format.ts';
import { labelReplaceCheck } from './label-replace.ts';
import { ipComparisonCheck } from './ip-comparison.ts';
import { jsonPathCheck } from './json-path.ts';
import { lineFilterCheck } from './line-filter.ts';
import { lineFormatCheck } from './line-format.ts';
import { matcherRegexpCheck } from './matcher-regexp.ts';
import { patternParserCheck } from './pattern-parser.ts';
import { rangeAggregationCheck } from './range-aggregation.ts';
import { regexpParserCheck } from './regexp-parser.ts';
import { selectivityCheck } from './selectivity.ts';
import { vectorGroupingCheck } from './vector-grouping.ts';

/** What Loki refuses while it parses, in the order of its parser: children before parents. */
const WHILE_PARSING: readonly Check[] = [
  matcherRegexpCheck,
  regexpParserCheck,
  patternParserCheck,
  rangeAggregationCheck,
  labelReplaceCheck,
];

/** What Loki refuses in a parsed query. */
const WHEN_PARSED: readonly Check[] = [vectorGroupingCheck, selectivityCheck];

/** What Loki refuses when it is about to run the stages. */
const BEFORE_RUNNING: readonly Check[] = [
  lineFilterCheck,
  jsonPathCheck,
  lineFormatCheck,
  labelFormatCheck,
  ipComparisonCheck,
];

/** Throws LogQLError if the query is not well formed. */
export function checkExpr(expr: Expr): void {
  runChecks(WHILE_PARSING, expr);
}

/** Throws LogQLError if the query selects too much or orders and groups at once. */
export function checkMatchers(expr: Expr): void {
  runChecks(WHEN_PARSED, expr);
}

/** Throws LogQLError if a stage of the query cannot run. */
export function checkStages(expr: Expr): void {
  runChecks(BEFORE_RUNNING, expr);
}

function runChecks(checks: readonly Check[], expr: Expr): void {
  walk(expr, (node) => {
    for (const check of checks) check.node(node);
  });
}
