import { assert } from '../../src/common/assert.ts';
import type { LabelHint, Stage } from '../ir/stage.ts';
import type { ChainStep } from './chain.ts';
import type { LogPlan, Projection, RangeAggregation } from './plan.ts';
import { TRANSPARENT_TO_SUM, unwrapLabels } from './scope-parsers.ts';
import { changesLine, ERROR_LABELS, isParser, labelsReadBy, readsLine, unite, withOrigins } from './stage-traits.ts';

/** What is read of a row from some point of a plan on. */
export interface Needs {
  readonly line: boolean;
  readonly labels: LabelHint;
  /** Whether a parser follows: it does not set labels that an earlier one has set, also when they are gone (fact 121). */
  readonly parses?: true;
}

export const NEEDS_ALL: Needs = { line: true, labels: 'all' };
export const NEEDS_NOTHING: Needs = { line: false, labels: [] };

/** What the consumer of a log plan reads of the final rows; null is a log query's answer. */
export function needsOfConsumer(consumer: RangeAggregation | null): Needs {
  if (consumer === null) return NEEDS_ALL;
  const { op, unwrap, grouping, input } = consumer;
  const line = op === 'bytes_over_time' || op === 'bytes_rate';
  // A row whose error is preserved is a series with all of its labels, whatever the grouping (spec fact 52); under a
  // sum, whose grouping these operations see, they do not show.
  const showsErrors = op !== 'absent_over_time' && !TRANSPARENT_TO_SUM.has(op);
  if (showsErrors && preservesErrors(input)) return { line, labels: 'all' };
  return { line, labels: unite(seriesLabels(op, grouping), unwrapLabels(unwrap)) };
}

function preservesErrors(plan: LogPlan): boolean {
  if (plan.kind === 'Scan') return false;
  const isPreserving = plan.kind === 'Pipe' && 'preserveErrors' in plan.stage && plan.stage.preserveErrors === true;
  return isPreserving || preservesErrors(plan.input);
}

/** Labels that make the series. Those of absent_over_time come from the selector (spec fact 40). */
function seriesLabels(op: RangeAggregation['op'], grouping: RangeAggregation['grouping']): LabelHint {
  if (op === 'absent_over_time') return [];
  return grouping === null || grouping.without ? 'all' : grouping.names;
}

/** What a stage and everything after it read of the rows before it; `after` is what is read behind it. */
export function needsBefore(stage: Stage, after: Needs): Needs {
  const line = readsLine(stage) || after.line;
  const parses = isParser(stage) || after.parses === true;
  // Which of two origins has a name decides how the other one's label is called (spec facts 121, 122).
  const later = isParser(stage) ? withOrigins(after.labels) : keptOf(stage, after);
  return { line, labels: unite(labelsReadBy(stage), later), ...(parses ? { parses } : {}) };
}

/** `keep` hides all other labels from what comes behind it, but for the error state (spec fact 150) and from parsers. */
function keptOf(stage: Stage, { labels, parses }: Needs): LabelHint {
  if (stage.kind !== 'Keep' || labels !== 'all' || parses === true) return labels;
  return [...stage.targets.map(({ name }) => name), ...ERROR_LABELS];
}

/** Needs before each step of a chain, and behind the last: `steps.length + 1` items. */
export function needsAlong(steps: readonly ChainStep[], end: Needs): readonly Needs[] {
  const needs = [end];
  let current = end;
  for (const step of steps.toReversed()) {
    if (step.kind === 'Pipe') current = needsBefore(step.stage, current);
    needs.push(current);
  }
  needs.reverse();
  assert(needs.length === steps.length + 1, 'needs are known at every step');
  return needs;
}

/**
 * Columns that hold what is needed. The error state is made by stages: structured metadata under its names (spec fact
 * 124) is found only by queries that read all metadata, because a scan of every page for it would cost all others.
 */
export function toProjection({ line, labels }: Needs): Projection {
  const origins = withOrigins(labels);
  return { line, metadata: origins === 'all' ? 'all' : origins.filter((name) => !ERROR_LABELS.includes(name)).sort() };
}

/** Whether a stage reads or replaces the line: then the stored line is not what a later step sees. */
export function editsLine(step: ChainStep): boolean {
  return step.kind === 'Pipe' && changesLine(step.stage);
}
