import { unreachable } from '../../src/common/assert.ts';
import type { LabelHint, LabelPredicate, Parser, Stage } from '../ir/stage.ts';
import { templateInputs } from './template-inputs.ts';

/** Labels of the error state; they are set by stages, never parsed for. */
export const ERROR_LABELS: readonly string[] = ['__error__', '__error_details__', '__preserve_error__'];

/** Every stage is a parser, changes rows in another way, or is a filter. */
export function isParser(stage: Stage): stage is Parser {
  switch (stage.kind) {
    case 'Json':
    case 'Logfmt':
    case 'Regexp':
    case 'Pattern':
    case 'Unpack':
      return true;
    case 'LineFilter':
    case 'LabelFilter':
    case 'LineFormat':
    case 'LabelFormat':
    case 'Decolorize':
    case 'Drop':
    case 'Keep':
      return false;
    default:
      return unreachable(stage);
  }
}

/** A parser that looks for named values only: `json a="b.c"`. */
export function isExplicit(parser: Parser): boolean {
  return (parser.kind === 'Json' || parser.kind === 'Logfmt') && parser.extractions.length > 0;
}

/** Labels of the filters that a parser asks at once (spec fact 48); a row may not survive such a parser. */
export function immediateLabels(parser: Parser): readonly string[] {
  return (parser.immediateFilters ?? []).flatMap(predicateLabels);
}

export function isFilter(stage: Stage): boolean {
  return stage.kind === 'LineFilter' || stage.kind === 'LabelFilter';
}

/** Whether the parser can set `__error__` (spec facts 130, 131, 136, 139, 140, 142). */
export function canFail(parser: Parser): boolean {
  switch (parser.kind) {
    case 'Json':
    case 'Unpack':
      return true;
    case 'Logfmt':
      return parser.strict;
    case 'Regexp':
    case 'Pattern':
      return false;
    default:
      return unreachable(parser);
  }
}

/** Whether later stages may see another line than earlier ones. */
export function changesLine(stage: Stage): boolean {
  return stage.kind === 'LineFormat' || stage.kind === 'Unpack' || stage.kind === 'Decolorize';
}

/** Whether later stages may see other labels than earlier ones, the error state aside. */
export function changesLabels(stage: Stage): boolean {
  return isParser(stage) || stage.kind === 'LabelFormat' || stage.kind === 'Drop' || stage.kind === 'Keep';
}

/**
 * Whether the filter's answer or effect depends on the error state: a conversion that fails sets it unless it is set
 * (spec fact 112), ip() and the numeric kinds pass rows that have it (fact 109), and `__error__` reads it. Such filters
 * keep their order among each other; all others commute.
 */
export function touchesErrors(predicate: LabelPredicate): boolean {
  switch (predicate.kind) {
    case 'And':
    case 'Or':
      return touchesErrors(predicate.left) || touchesErrors(predicate.right);
    case 'String':
      return ERROR_LABELS.includes(predicate.matcher.name);
    case 'Number':
    case 'Duration':
    case 'Bytes':
    case 'Ip':
      return true;
    default:
      return unreachable(predicate);
  }
}

export function predicateLabels(predicate: LabelPredicate): readonly string[] {
  switch (predicate.kind) {
    case 'And':
    case 'Or':
      return [...predicateLabels(predicate.left), ...predicateLabels(predicate.right)];
    case 'String':
      return [predicate.matcher.name];
    default:
      return [predicate.name];
  }
}

/** Labels that a stage reads to decide or to compute, 'all' when it may be any. */
export function labelsReadBy(stage: Stage): LabelHint {
  switch (stage.kind) {
    case 'LabelFilter':
      return predicateLabels(stage.predicate);
    case 'LineFormat':
      return templateInputs(stage.template).labels;
    case 'LabelFormat':
      return unite(
        ...stage.items.map((item) => (item.kind === 'Rename' ? [item.from] : templateInputs(item.template).labels)),
      );
    default:
      return isParser(stage) ? immediateLabels(stage) : [];
  }
}

/** Whether a stage looks at the line, whatever happens to the line afterwards. */
export function readsLine(stage: Stage): boolean {
  switch (stage.kind) {
    case 'LineFormat':
      return templateInputs(stage.template).line;
    case 'LabelFormat':
      return stage.items.some((item) => item.kind === 'Template' && templateInputs(item.template).line);
    default:
      return stage.kind === 'LineFilter' || isParser(stage);
  }
}

/** All names of all hints, without repetition. */
export function unite(...hints: readonly LabelHint[]): LabelHint {
  const names = new Set<string>();
  for (const hint of hints) {
    if (hint === 'all') return 'all';
    for (const name of hint) names.add(name);
  }
  return [...names];
}

const EXTRACTED = '_extracted';

/**
 * Also the names that `x_extracted` may come from: a parsed label or metadata called `x` is stored under that name when
 * `x` is taken (spec facts 121, 122).
 */
export function withOrigins(hint: LabelHint): LabelHint {
  if (hint === 'all') return 'all';
  const names: string[] = [];
  for (let name of hint) {
    names.push(name);
    while (name.endsWith(EXTRACTED) && name.length > EXTRACTED.length) {
      name = name.slice(0, -EXTRACTED.length);
      names.push(name);
    }
  }
  return unite(names);
}
