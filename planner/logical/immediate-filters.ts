import { compileMatcher } from '../../src/common/compiled-matcher.ts';
import type { LabelPredicate, Parser, Stage } from '../ir/stage.ts';
import { canFail, ERROR_LABELS, isExplicit, isParser, predicateLabels, touchesErrors } from './stage-traits.ts';

/**
 * Gives parsers the label filters that Loki asks as soon as a label is extracted, wherever in the pipeline they stand
 * (spec fact 48): those on one label, of each label the first. Part of the language: a row that such a filter refuses is
 * gone before an error later in its line would let it pass a numeric filter, or a format changes the label.
 *
 * Left out where the filter in its place says the same anyway: most of them.
 */
export function attachImmediateFilters(stages: readonly Stage[]): readonly Stage[] {
  const filters = firstFilters(stages);
  if (filters.length === 0) return stages;
  return stages.map((stage, i) => {
    if (!isParser(stage) || isExplicit(stage)) return stage;
    const different = filters.filter(({ predicate, index }) =>
      index < i
        ? passesWithoutLabel(predicate, stages.slice(0, index), stages.slice(index + 1, i))
        : differsLater(predicate, stage, stages.slice(i + 1, index)),
    );
    const immediateFilters = withEarlierErrors(different, filters).map(({ predicate }) => predicate);
    return immediateFilters.length === 0 ? stage : { ...stage, immediateFilters };
  });
}

interface PlacedFilter {
  readonly predicate: LabelPredicate;
  readonly index: number;
}

/** Of several filters that can set an error the first in the pipeline has to, so the earlier ones are asked with them. */
function withEarlierErrors(chosen: readonly PlacedFilter[], all: readonly PlacedFilter[]): readonly PlacedFilter[] {
  const last = chosen.findLast(({ predicate }) => touchesErrors(predicate));
  if (last === undefined) return chosen;
  return all.filter(
    (filter) => chosen.includes(filter) || (filter.index < last.index && touchesErrors(filter.predicate)),
  );
}

/** The error state is no label that a line could set. */
function firstFilters(stages: readonly Stage[]): readonly PlacedFilter[] {
  const seen = new Set<string>(ERROR_LABELS);
  return stages.flatMap((stage, index) => {
    if (stage.kind !== 'LabelFilter' || stage.predicate.kind === 'And' || stage.predicate.kind === 'Or') return [];
    const [name] = predicateLabels(stage.predicate);
    if (name === undefined || seen.has(name)) return [];
    seen.add(name);
    return [{ predicate: stage.predicate, index }];
  });
}

/** Whether a row can be behind the filter and the stages `between` and lack its label, which a parser then may set. */
function passesWithoutLabel(predicate: LabelPredicate, before: readonly Stage[], between: readonly Stage[]): boolean {
  if (between.some(replacesLabels)) return true;
  if (predicate.kind === 'String') return compileMatcher(predicate.matcher).matches('');
  return before.some(maySetError);
}

/** Whether a filter behind the stages `between` may decide otherwise than right after the parser. */
function differsLater(predicate: LabelPredicate, parser: Parser, between: readonly Stage[]): boolean {
  if (between.some(replacesLabels)) return true;
  return touchesErrors(predicate) && (canFail(parser) || between.some(maySetError));
}

/** Whether a label that is there may be gone behind the stage, or have another value: explicit extractions replace it. */
function replacesLabels(stage: Stage): boolean {
  const { kind } = stage;
  return kind === 'LabelFormat' || kind === 'Drop' || kind === 'Keep' || (isParser(stage) && isExplicit(stage));
}

function maySetError(stage: Stage): boolean {
  if (stage.kind === 'LabelFilter') return touchesErrors(stage.predicate);
  return stage.kind === 'LineFormat' || stage.kind === 'LabelFormat' || (isParser(stage) && canFail(stage));
}
