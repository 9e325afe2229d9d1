import type * as ast from '../../grammar/ast.ts';
import { unreachable } from '../../src/common/assert.ts';
import type { Matcher } from '../../src/common/matcher.ts';
import type { LabelPredicate, LineFilter, Stage, Unwrap } from '../ir/stage.ts';

/** AST stages as the executor's: source ranges gone, quirks of line filters resolved. Order is kept. */
export function buildStage(stage: ast.Stage): Stage {
  switch (stage.kind) {
    case 'LineFilter':
      return buildLineFilter(stage);
    case 'LabelFilter':
      return { kind: 'LabelFilter', predicate: buildPredicate(stage.predicate) };
    case 'LineFormat':
      return { kind: 'LineFormat', template: stage.template };
    case 'LabelFormat':
      return { kind: 'LabelFormat', items: stage.items.map(buildFormatItem) };
    case 'Decolorize':
      return { kind: 'Decolorize' };
    case 'Drop':
    case 'Keep':
      return {
        kind: stage.kind,
        targets: stage.targets.map(({ name, matcher }) => ({ name, matcher: plain(matcher) })),
      };
    default:
      return buildParser(stage);
  }
}

function buildParser(
  stage: ast.JsonStage | ast.LogfmtStage | ast.RegexpStage | ast.PatternStage | ast.UnpackStage,
): Stage {
  const needed = 'all';
  switch (stage.kind) {
    case 'Json':
      return { kind: 'Json', extractions: stage.extractions.map(({ label, path }) => ({ label, path })), needed };
    case 'Logfmt': {
      const extractions = stage.extractions.map(({ label, expression }) => ({ label, key: expression }));
      return { kind: 'Logfmt', strict: stage.strict, keepEmpty: stage.keepEmpty, extractions, needed };
    }
    case 'Regexp':
      return { kind: 'Regexp', pattern: stage.pattern, needed };
    case 'Pattern':
      return { kind: 'Pattern', parts: stage.parts.map(buildPatternPart), needed };
    case 'Unpack':
      return { kind: 'Unpack', needed };
    default:
      return unreachable(stage);
  }
}

function buildPatternPart(part: ast.PatternPart): ast.PatternPart {
  return part.kind === 'Literal' ? { kind: 'Literal', text: part.text } : { kind: 'Capture', name: part.name };
}

/**
 * In a chain of two or more, `ip("...")` is plain text (spec fact 104), and an empty string of a contains or regex
 * filter is ignored instead of matching everything (fact 103).
 */
function buildLineFilter({ op, alternatives }: ast.LineFilterStage): LineFilter {
  const [first] = alternatives;
  if (alternatives.length === 1 && first !== undefined) {
    return { kind: 'LineFilter', op, alternatives: [{ value: first.value, ip: first.ip }] };
  }
  const isPattern = op === '|>' || op === '!>';
  const values = alternatives.map(({ value }) => value).filter((value) => isPattern || value !== '');
  if (values.length === 0) values.push('');
  return { kind: 'LineFilter', op, alternatives: values.map((value) => ({ value, ip: false })) };
}

export function buildPredicate(predicate: ast.LabelPredicate): LabelPredicate {
  switch (predicate.kind) {
    case 'And':
    case 'Or':
      return { kind: predicate.kind, left: buildPredicate(predicate.left), right: buildPredicate(predicate.right) };
    case 'StringComparison':
      return { kind: 'String', matcher: plain(predicate.matcher) };
    case 'NumberComparison':
      return { kind: 'Number', name: predicate.name, op: predicate.op, value: predicate.value };
    case 'DurationComparison':
      return { kind: 'Duration', name: predicate.name, op: predicate.op, valueNs: predicate.valueNs };
    case 'BytesComparison':
      return { kind: 'Bytes', name: predicate.name, op: predicate.op, valueBytes: predicate.valueBytes };
    case 'IpComparison':
      return { kind: 'Ip', name: predicate.name, op: predicate.op, pattern: predicate.pattern };
    default:
      return unreachable(predicate);
  }
}

function buildFormatItem(
  item: ast.LabelFormatItem,
): { kind: 'Rename'; to: string; from: string } | { kind: 'Template'; to: string; template: string } {
  return item.kind === 'Rename'
    ? { kind: 'Rename', to: item.to, from: item.from }
    : { kind: 'Template', to: item.to, template: item.template };
}

export function buildUnwrap({ label, conversion, postFilters }: ast.Unwrap): Unwrap {
  return { label, conversion, postFilters: postFilters.map((filter) => buildPredicate(filter.predicate)) };
}

/** Without what else an AST node may carry. */
export function plain<M extends Matcher | null>(matcher: M): M extends null ? Matcher | null : Matcher;
export function plain(matcher: Matcher | null): Matcher | null {
  return matcher === null ? null : { name: matcher.name, op: matcher.op, value: matcher.value };
}
