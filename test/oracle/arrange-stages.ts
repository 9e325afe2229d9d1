import type { RangeAggregationOp, Stage } from '../../grammar/ast.ts';

const isParser = ({ kind }: Stage): boolean => ['Json', 'Logfmt', 'Regexp', 'Pattern', 'Unpack'].includes(kind);

/** Line filters run before what stands between them and the last line_format, unpack or label filter (fact 106). */
export function moveLineFilters(stages: readonly Stage[]): Stage[] {
  const moved: Stage[] = [];
  for (const stage of stages) {
    let at = moved.length;
    if (stage.kind === 'LineFilter') {
      while (at > 0 && !['LineFormat', 'Unpack', 'LabelFilter', 'LineFilter'].includes(moved[at - 1].kind)) at--;
    }
    moved.splice(at, 0, stage);
  }
  return moved;
}

/** A metric query that does not measure lines has no line_format that nobody reads (fact 53). */
export function withoutUnreadFormats(stages: readonly Stage[], op: RangeAggregationOp): Stage[] {
  if (op === 'bytes_over_time' || op === 'bytes_rate') return [...stages];
  return stages.filter(
    (stage, i) =>
      stage.kind !== 'LineFormat' ||
      stages.slice(i + 1).some((later) => later.kind === 'LineFilter' || isParser(later)),
  );
}

/** What is left of a pipeline when no label is of interest: no parsers, except regexp (fact 46). */
export function withoutParsers(stages: readonly Stage[]): Stage[] {
  return stages.filter((stage) => !isParser(stage) || stage.kind === 'Regexp');
}
