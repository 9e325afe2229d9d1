import { createToken, Lexer, type TokenType } from 'chevrotain';

/**
 * The words and signs of LogQL. `display` is how an error message names a token: its spelling for signs and keywords,
 * upper case for functions and for tokens with a value.
 */

/** Every token type in the order in which error messages list expected tokens. */
export const tokenOrder: TokenType[] = [];
const displays = new Map<TokenType, string>();
const keywords = new Map<string, TokenType>();
const functions = new Map<string, TokenType>();

function category(name: string): TokenType {
  return createToken({ name, pattern: Lexer.NA });
}

function define(name: string, display: string, categories: TokenType[]): TokenType {
  const type = createToken({ name, pattern: Lexer.NA, categories });
  tokenOrder.push(type);
  displays.set(type, display);
  return type;
}

/** A token whose text varies: `IDENTIFIER`, `NUMBER`. */
function valueToken(name: string, display: string): TokenType {
  return define(name, display, []);
}

/** A sign or a reserved word, spelled in any case. */
function keyword(name: string, spelling: string, ...categories: TokenType[]): TokenType {
  const type = define(name, spelling, categories);
  keywords.set(spelling, type);
  return type;
}

/** A word that is a function only where an argument list or a grouping follows; elsewhere it is an identifier. */
function functionToken(spelling: string, display: string, ...categories: TokenType[]): TokenType {
  const type = define(`Function_${spelling}`, display, categories);
  functions.set(spelling, type);
  return type;
}

function functionFamily(family: TokenType, ...spellings: string[]): void {
  for (const spelling of spellings) functionToken(spelling, spelling.toUpperCase(), family);
}

export const MatcherOperator = category('MatcherOperator');
export const LineFilterOperator = category('LineFilterOperator');
export const NumericOperator = category('NumericOperator');
export const IpOperator = category('IpOperator');
export const BinaryOperator = category('BinaryOperator');
export const RangeFunction = category('RangeFunction');
export const VectorFunction = category('VectorFunction');
export const ConversionFunction = category('ConversionFunction');

export const Bytes = valueToken('Bytes', 'BYTES');
export const Identifier = valueToken('Identifier', 'IDENTIFIER');
export const StringLiteral = valueToken('StringLiteral', 'STRING');
export const NumberToken = valueToken('NumberToken', 'NUMBER');
export const ParserFlag = valueToken('ParserFlag', 'PARSER_FLAG');
export const Duration = valueToken('Duration', 'DURATION');
export const RangeToken = valueToken('RangeToken', 'RANGE');

export const Equal = keyword('Equal', '=', MatcherOperator, NumericOperator, IpOperator);
export const MatchesRegexp = keyword('MatchesRegexp', '=~', MatcherOperator);
export const MatchesNotRegexp = keyword('MatchesNotRegexp', '!~', MatcherOperator, LineFilterOperator);
export const MatchesNotPattern = keyword('MatchesNotPattern', '!>', LineFilterOperator);
export const OpenBrace = keyword('OpenBrace', '{');
export const CloseBrace = keyword('CloseBrace', '}');
export const CloseBracket = keyword('CloseBracket', ']');
export const Comma = keyword('Comma', ',');
export const Dot = keyword('Dot', '.');
export const PipeMatches = keyword('PipeMatches', '|~', LineFilterOperator);
export const PipeContains = keyword('PipeContains', '|=', LineFilterOperator);
export const PipePattern = keyword('PipePattern', '|>', LineFilterOperator);
export const OpenParenthesis = keyword('OpenParenthesis', '(');
export const CloseParenthesis = keyword('CloseParenthesis', ')');
export const By = keyword('By', 'by');
export const Without = keyword('Without', 'without');

functionFamily(RangeFunction, 'count_over_time', 'rate', 'rate_counter');
functionFamily(VectorFunction, 'sum', 'sort', 'sort_desc', 'avg', 'max', 'min', 'count', 'stddev', 'stdvar');
functionFamily(VectorFunction, 'bottomk', 'topk', 'approx_topk');
functionFamily(RangeFunction, 'bytes_over_time', 'bytes_rate');

export const Bool = keyword('Bool', 'bool');
export const Json = keyword('Json', 'json');
export const Regexp = keyword('Regexp', 'regexp');
export const Logfmt = keyword('Logfmt', 'logfmt');
export const Pipe = keyword('Pipe', '|');
export const LineFormat = keyword('LineFormat', 'line_format');
export const LabelFormat = keyword('LabelFormat', 'label_format');
export const UnwrapWord = keyword('UnwrapWord', 'unwrap');

functionFamily(RangeFunction, 'avg_over_time', 'sum_over_time', 'min_over_time', 'max_over_time');
functionFamily(RangeFunction, 'stdvar_over_time', 'stddev_over_time', 'quantile_over_time');
functionToken('bytes', 'BYTES_CONV', ConversionFunction);
functionToken('duration', 'DURATION_CONV', ConversionFunction);
functionToken('duration_seconds', 'DURATION_SECONDS_CONV', ConversionFunction);
functionFamily(RangeFunction, 'first_over_time', 'last_over_time', 'absent_over_time');

export const Vector = functionToken('vector', 'VECTOR');
export const LabelReplace = keyword('LabelReplace', 'label_replace');
export const Unpack = keyword('Unpack', 'unpack');
export const Offset = keyword('Offset', 'offset');
export const Pattern = keyword('Pattern', 'pattern');
export const Ip = keyword('Ip', 'ip');
export const On = keyword('On', 'on');
export const Ignoring = keyword('Ignoring', 'ignoring');
export const GroupLeft = keyword('GroupLeft', 'group_left');
export const GroupRight = keyword('GroupRight', 'group_right');
export const Decolorize = keyword('Decolorize', 'decolorize');
export const Drop = keyword('Drop', 'drop');
export const Keep = keyword('Keep', 'keep');
export const Variants = functionToken('variants', 'VARIANTS');
export const Of = functionToken('of', 'OF');

export const Or = keyword('Or', 'or', BinaryOperator);
export const And = keyword('And', 'and', BinaryOperator);
export const Unless = keyword('Unless', 'unless', BinaryOperator);
export const CompareEqual = keyword('CompareEqual', '==', BinaryOperator, NumericOperator);
export const NotEqual = keyword(
  'NotEqual',
  '!=',
  BinaryOperator,
  NumericOperator,
  MatcherOperator,
  LineFilterOperator,
  IpOperator,
);
export const Less = keyword('Less', '<', BinaryOperator, NumericOperator);
export const LessOrEqual = keyword('LessOrEqual', '<=', BinaryOperator, NumericOperator);
export const Greater = keyword('Greater', '>', BinaryOperator, NumericOperator);
export const GreaterOrEqual = keyword('GreaterOrEqual', '>=', BinaryOperator, NumericOperator);
export const Add = keyword('Add', '+', BinaryOperator);
export const Subtract = keyword('Subtract', '-', BinaryOperator);
export const Multiply = keyword('Multiply', '*', BinaryOperator);
export const Divide = keyword('Divide', '/', BinaryOperator);
export const Modulo = keyword('Modulo', '%', BinaryOperator);
export const Power = keyword('Power', '^', BinaryOperator);

/** Stands where the text stopped being tokens; its payload is the message. No rule takes it. */
export const LexicalError = createToken({ name: 'LexicalError', pattern: Lexer.NA });

/** For Chevrotain, which also wants the categories. */
export const vocabulary: TokenType[] = [
  MatcherOperator,
  LineFilterOperator,
  NumericOperator,
  IpOperator,
  BinaryOperator,
  RangeFunction,
  VectorFunction,
  ConversionFunction,
  LexicalError,
  ...tokenOrder,
];

export function displayOf(type: TokenType): string {
  return displays.get(type) ?? type.name;
}

/** The sign or reserved word spelled `lower`, which is in lower case. */
export function keywordFor(lower: string): TokenType | undefined {
  return keywords.get(lower);
}

export function functionFor(lower: string): TokenType | undefined {
  return functions.get(lower);
}

/** The token types of a category, in order. */
export function membersOf(family: TokenType): TokenType[] {
  return tokenOrder.filter((type) => type.CATEGORIES?.includes(family));
}
