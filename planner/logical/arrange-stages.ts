import type { RangeAggregationOp } from '../ir/metric.ts';
import type { LineFilter, Stage } from '../ir/stage.ts';
import { isParser } from './stage-traits.ts';

/**
 * Moves line filters to the front of the stretch in which Loki sees the same line: back over parsers, label_format,
 * drop, keep and, though it changes the line, decolorize; up to the previous line_format, unpack or label filter
 * (spec fact 106). Part of the language, not an optimization: a filter after decolorize sees the colours.
 */
export function hoistLineFilters(stages: readonly Stage[]): readonly Stage[] {
  const arranged: Stage[] = [];
  let filters: LineFilter[] = [];
  let others: Stage[] = [];
  for (const stage of stages) {
    if (stage.kind === 'LineFilter') {
      filters.push(stage);
      continue;
    }
    others.push(stage);
    if (stage.kind === 'LineFormat' || stage.kind === 'Unpack' || stage.kind === 'LabelFilter') {
      arranged.push(...filters, ...others);
      filters = [];
      others = [];
    }
  }
  return [...arranged, ...filters, ...others];
}

/**
 * Without the line_format stages of a metric query whose line no later parser or line filter reads: their template errors
 * disappear with them (spec fact 53). Aggregations of bytes measure the line and keep them.
 */
export function removeUnreadLineFormats(stages: readonly Stage[], op: RangeAggregationOp): readonly Stage[] {
  if (op === 'bytes_over_time' || op === 'bytes_rate') return stages;
  const lastReader = stages.findLastIndex((stage) => stage.kind === 'LineFilter' || isParser(stage));
  return stages.filter((stage, i) => stage.kind !== 'LineFormat' || i < lastReader);
}
