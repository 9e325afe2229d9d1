import { unreachable } from '../../src/common/assert.ts';
import { formatFloat } from '../../src/common/go-number.ts';
import { goQuote } from '../../src/common/go-quote.ts';
import type { Matcher } from '../../src/common/matcher.ts';
import { formatGoDuration } from '../../src/common/duration.ts';
import type { LabelFormat, LabelPredicate, LabelTarget, LineFilter, LineFilterOp, Parser, Stage } from '../ir/stage.ts';

/** A stage as a plan node: `Filter line contains "x"`, `Parse json needed=[a]`. */
export function printStage(stage: Stage): string {
  switch (stage.kind) {
    case 'LineFilter':
      return `Filter line ${printLineFilter(stage)}`;
    case 'LabelFilter':
      return `Filter ${printPredicate(stage.predicate)}`;
    case 'LineFormat':
      return `Format line ${goQuote(stage.template)}`;
    case 'LabelFormat':
      return `Format ${stage.items.map(printFormatItem).join(', ')}`;
    case 'Decolorize':
      return 'Decolorize';
    case 'Drop':
    case 'Keep':
      return `${stage.kind} ${stage.targets.map(printTarget).join(', ')}`;
    default:
      return `Parse ${printParser(stage)}`;
  }
}

const LINE_OPS: Record<LineFilterOp, string> = {
  '|=': 'contains',
  '!=': 'not contains',
  '|~': 'matches',
  '!~': 'not matches',
  '|>': 'like',
  '!>': 'not like',
};

/** `contains "a" or "b"`. */
export function printLineFilter({ op, alternatives }: LineFilter): string {
  const values = alternatives.map(({ value, ip }) => (ip ? `ip(${goQuote(value)})` : goQuote(value)));
  return `${LINE_OPS[op]} ${values.join(' or ')}`;
}

/** As LogQL writes it, with parentheses around what is combined. */
export function printPredicate(predicate: LabelPredicate): string {
  switch (predicate.kind) {
    case 'And':
    case 'Or': {
      const word = predicate.kind === 'And' ? 'and' : 'or';
      return `(${printPredicate(predicate.left)} ${word} ${printPredicate(predicate.right)})`;
    }
    case 'String':
      return printMatcher(predicate.matcher);
    case 'Number':
      return `${predicate.name}${predicate.op}${formatFloat(predicate.value)}`;
    case 'Duration':
      return `${predicate.name}${predicate.op}${formatGoDuration(predicate.valueNs)}`;
    case 'Bytes':
      return `${predicate.name}${predicate.op}${predicate.valueBytes}B`;
    case 'Ip':
      return `${predicate.name}${predicate.op}ip(${goQuote(predicate.pattern)})`;
    default:
      return unreachable(predicate);
  }
}

export function printMatcher({ name, op, value }: Matcher): string {
  return `${name}${op}${goQuote(value)}`;
}

export function printMatchers(matchers: readonly Matcher[]): string {
  return `{${matchers.map(printMatcher).join(', ')}}`;
}

function printParser(parser: Parser): string {
  const needed = parser.needed === 'all' ? '' : ` needed=${printNames(parser.needed)}`;
  const preserve = 'preserveErrors' in parser && parser.preserveErrors ? ' errors=preserved' : '';
  const immediate = (parser.immediateFilters ?? []).map(printPredicate);
  const filters = immediate.length === 0 ? '' : ` immediate=${printNames(immediate)}`;
  const whole = 'wholeLine' in parser && parser.wholeLine === true ? ' whole-line' : '';
  return `${printParserSettings(parser)}${needed}${whole}${preserve}${filters}`;
}

function printParserSettings(parser: Parser): string {
  switch (parser.kind) {
    case 'Json': {
      const items = parser.extractions.map(({ label, path }) => ` ${label}=${printPath(path)}`);
      return `json${items.join(',')}`;
    }
    case 'Logfmt': {
      const flags = (parser.strict ? ' --strict' : '') + (parser.keepEmpty ? ' --keep-empty' : '');
      return `logfmt${flags}${parser.extractions.map(({ label, key }) => ` ${label}=${goQuote(key)}`).join(',')}`;
    }
    case 'Regexp':
      return `regexp ${goQuote(parser.pattern)}`;
    case 'Pattern': {
      const parts = parser.parts.map((part) => (part.kind === 'Literal' ? part.text : `<${part.name ?? '_'}>`));
      return `pattern ${goQuote(parts.join(''))}`;
    }
    case 'Unpack':
      return 'unpack';
    default:
      return unreachable(parser);
  }
}

function printPath(path: readonly (string | number)[]): string {
  return `$${path.map((step) => `[${typeof step === 'number' ? step : goQuote(step)}]`).join('')}`;
}

function printFormatItem(item: LabelFormat['items'][number]): string {
  return item.kind === 'Rename' ? `${item.to}=${item.from}` : `${item.to}=${goQuote(item.template)}`;
}

function printTarget({ name, matcher }: LabelTarget): string {
  return matcher === null ? name : printMatcher(matcher);
}

export function printNames(names: readonly string[]): string {
  return `[${names.join(', ')}]`;
}
