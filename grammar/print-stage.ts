import { unreachable } from '../src/common/assert.ts';
import { goQuote } from '../src/common/go-quote.ts';
import type {
  Extraction,
  LabelFormatItem,
  LabelTarget,
  LineFilterOperand,
  LineFilterStage,
  LogfmtStage,
  Stage,
} from './ast.ts';
import { printPredicate } from './print-label-filter.ts';

/** The canonical text of a stage, which error messages quote. */
export function printStage(stage: Stage): string {
  switch (stage.kind) {
    case 'LineFilter':
      return printLineFilter(stage);
    case 'Json':
      return `| json${printExtractions(stage.extractions)}`;
    case 'Logfmt':
      return printLogfmt(stage);
    case 'Regexp':
      return `| regexp ${goQuote(stage.pattern)}`;
    case 'Pattern':
      return `| pattern ${goQuote(stage.pattern)}`;
    case 'Unpack':
      return '| unpack';
    case 'LabelFilter':
      return `| ${printPredicate(stage.predicate)}`;
    case 'LineFormat':
      return `| line_format ${goQuote(stage.template)}`;
    case 'LabelFormat':
      return `| label_format ${stage.items.map(printFormatItem).join(',')}`;
    case 'Decolorize':
      return '| decolorize';
    case 'Drop':
      return `| drop ${stage.targets.map(printTarget).join(',')}`;
    case 'Keep':
      return `| keep ${stage.targets.map(printTarget).join(',')}`;
    default:
      return unreachable(stage);
  }
}

function printLineFilter(stage: LineFilterStage): string {
  return `${stage.op} ${stage.alternatives.map(printOperand).join(' or ')}`;
}

function printOperand(operand: LineFilterOperand): string {
  return operand.ip ? `ip(${goQuote(operand.value)})` : goQuote(operand.value);
}

function printLogfmt(stage: LogfmtStage): string {
  const flags = `${stage.strict ? ' --strict' : ''}${stage.keepEmpty ? ' --keep-empty' : ''}`;
  return `| logfmt${flags}${printExtractions(stage.extractions)}`;
}

function printExtractions(extractions: readonly Extraction[]): string {
  if (extractions.length === 0) return '';
  return ` ${extractions.map(({ label, expression }) => `${label}=${goQuote(expression)}`).join(',')}`;
}

function printFormatItem(item: LabelFormatItem): string {
  return `${item.to}=${item.kind === 'Rename' ? item.from : goQuote(item.template)}`;
}

function printTarget(target: LabelTarget): string {
  const { name, matcher } = target;
  return matcher === null ? name : `${name}${matcher.op}${goQuote(matcher.value)}`;
}
