import { SkaldError } from '../errors.ts';
import { goQuote } from '../go-quote.ts';
import { printNode, type Branch, type Command, type Operand, type Pipe, type Statement, type Template } from './ast.ts';
import { QUERY_FUNCTIONS } from './function-table.ts';
import type { FunctionTable } from './function-type.ts';
import { tokenize } from './lexer.ts';
import { parseNumber, unquoteString } from './literals.ts';
import { printToken, type Token, type TokenKind } from './token.ts';

/** Longest template in UTF-16 units. */
export const TEMPLATE_LENGTH_MAX = 131_072;
/** Deepest nesting of branches and parentheses. */
export const TEMPLATE_DEPTH_MAX = 200;

/**
 * Parses a Go text/template (spec: template functions). `name` is `line` or `label` and appears in error texts. Throws
 * SkaldError `bad_query` with Go's text: `template: line:1: function "f" not defined`.
 */
export function parseTemplate(text: string, name = 'line', functions: FunctionTable = QUERY_FUNCTIONS): Template {
  return new Parser(text, name, functions).parse();
}

/** How a list of statements ended. */
type ListEnd = 'end' | 'else' | 'eof';

const OPERAND_KINDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'Bool',
  'CharConstant',
  'Dot',
  'Field',
  'Identifier',
  'Number',
  'RawString',
  'String',
  'Variable',
  'LeftParen',
]);

class Parser {
  readonly #text: string;
  readonly #name: string;
  readonly #functions: FunctionTable;
  readonly #tokens: readonly Token[];
  readonly #definitions = new Map<string, readonly Statement[]>();
  #at = 0;
  #variables: string[] = ['$'];
  #rangeDepth = 0;
  #depth = 0;
  #actionLine = 0;

  constructor(text: string, name: string, functions: FunctionTable) {
    this.#functions = functions;
    this.#text = text;
    this.#name = name;
    this.#tokens = text.length > TEMPLATE_LENGTH_MAX ? [] : tokenize(text);
  }

  parse(): Template {
    if (this.#tokens.length === 0) throw this.#error(`template longer than ${TEMPLATE_LENGTH_MAX} characters`);
    const { statements, end } = this.#list(true);
    if (end !== 'eof') throw this.#error(`unexpected {{${end}}}`);
    return {
      name: this.#name,
      text: this.#text,
      body: statements,
      definitions: this.#definitions,
      functions: this.#functions,
    };
  }

  #error(message: string): SkaldError {
    const pos =
      this.#tokens.length === 0 ? 0 : this.#tokens[Math.min(Math.max(this.#at - 1, 0), this.#tokens.length - 1)].pos;
    return new SkaldError('bad_query', `template: ${this.#name}:${this.#lineOf(pos)}: ${message}`);
  }

  #lineOf(pos: number): number {
    return this.#text.slice(0, pos).split('\n').length;
  }

  #unexpected(token: Token, context: string): SkaldError {
    if (token.kind !== 'Error') return this.#error(`unexpected ${printToken(token)} in ${context}`);
    let extra = '';
    if (this.#actionLine !== 0 && this.#actionLine !== this.#lineOf(token.pos)) {
      extra = ` started at ${this.#name}:${this.#actionLine}`;
      if (!token.value.endsWith(' action')) extra = ` in action${extra}`;
    }
    return this.#error(token.value + extra);
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)];
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #skipSpace(): void {
    if (this.#peek().kind === 'Space') this.#at++;
  }

  #nextNonSpace(): Token {
    this.#skipSpace();
    return this.#next();
  }

  #peekNonSpace(): Token {
    this.#skipSpace();
    return this.#peek();
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > TEMPLATE_DEPTH_MAX) throw this.#error(`nested deeper than ${TEMPLATE_DEPTH_MAX}`);
    const result = parse();
    this.#depth--;
    return result;
  }

  /** Statements up to `{{end}}`, `{{else}}` (consumed up to the word) or, at the top, the end of the text. */
  #list(top: boolean): { statements: Statement[]; end: ListEnd } {
    const statements: Statement[] = [];
    for (;;) {
      const token = this.#next();
      if (token.kind === 'Text') statements.push({ kind: 'Text', text: token.value });
      else if (token.kind === 'LeftDelimiter') {
        this.#actionLine = this.#lineOf(token.pos);
        const statement = this.#action(top);
        if (statement === 'end' || statement === 'else') return { statements, end: statement };
        if (statement !== null) statements.push(statement);
      } else if (token.kind === 'End') {
        if (!top) throw this.#error('unexpected EOF');
        return { statements, end: 'eof' };
      } else throw this.#unexpected(token, 'input');
    }
  }

  #action(top: boolean): Statement | 'end' | 'else' | null {
    const token = this.#peekNonSpace();
    if (token.kind !== 'Keyword' || token.value === 'nil') {
      return { kind: 'Action', pos: token.pos, pipe: this.#pipeline('command', 'RightDelimiter') };
    }
    this.#next();
    switch (token.value) {
      case 'end':
        this.#expectClose('end');
        return 'end';
      case 'else':
        return 'else';
      case 'if':
        return this.#nested(() => this.#branch('If', token.pos));
      case 'with':
        return this.#nested(() => this.#branch('With', token.pos));
      case 'range':
        return this.#nested(() => this.#branch('Range', token.pos));
      case 'break':
      case 'continue':
        return this.#loopControl(token);
      case 'template':
        return this.#call();
      case 'block':
        return this.#block();
      default:
        if (!top) throw this.#error(`unexpected ${printToken(token)} in command`);
        this.#define();
        return null;
    }
  }

  #expectClose(context: string): void {
    const token = this.#nextNonSpace();
    if (token.kind !== 'RightDelimiter') throw this.#unexpected(token, context);
  }

  #loopControl(token: Token): Statement {
    this.#expectClose(`{{${token.value}}}`);
    if (this.#rangeDepth === 0) throw this.#error(`{{${token.value}}} outside {{range}}`);
    return { kind: token.value === 'break' ? 'Break' : 'Continue', pos: token.pos };
  }

  #branch(kind: Branch['kind'], pos: number): Branch {
    const context = kind.toLowerCase();
    const scope = this.#variables.length;
    const pipe = this.#pipeline(context, 'RightDelimiter');
    if (kind === 'Range') this.#rangeDepth++;
    const { statements, end } = this.#list(false);
    if (kind === 'Range') this.#rangeDepth--;
    const otherwise = end === 'else' ? this.#otherwise(kind, context) : null;
    this.#variables.length = scope;
    return { kind, pos, pipe, body: statements, otherwise };
  }

  /** After `{{else`: `}}` and a list, or `if`/`with` and a branch of its own that shares the `{{end}}`. */
  #otherwise(kind: Branch['kind'], context: string): readonly Statement[] {
    const token = this.#peekNonSpace();
    const chained = token.kind === 'Keyword' && token.value === context && kind !== 'Range';
    if (chained) {
      this.#next();
      return [this.#nested(() => this.#branch(kind, token.pos))];
    }
    this.#expectClose('else');
    const { statements, end } = this.#list(false);
    if (end !== 'end') throw this.#error(`expected end; found {{${end}}}`);
    return statements;
  }

  #templateName(context: string): string {
    const token = this.#nextNonSpace();
    if (token.kind !== 'String' && token.kind !== 'RawString') throw this.#unexpected(token, context);
    return this.#unquote(token.value);
  }

  #call(): Statement {
    const { pos } = this.#peekNonSpace();
    const name = this.#templateName('template clause');
    if (this.#peekNonSpace().kind === 'RightDelimiter') {
      this.#next();
      return { kind: 'Call', pos, name, pipe: null };
    }
    return { kind: 'Call', pos, name, pipe: this.#pipeline('template clause', 'RightDelimiter') };
  }

  #block(): Statement {
    const { pos } = this.#peekNonSpace();
    const name = this.#templateName('block clause');
    const pipe = this.#pipeline('block clause', 'RightDelimiter');
    this.#definition(name);
    return { kind: 'Call', pos, name, pipe };
  }

  #define(): void {
    const name = this.#templateName('define clause');
    this.#expectClose('define clause');
    this.#definition(name);
  }

  /** A body with variables of its own. */
  #definition(name: string): void {
    const { variables, rangeDepth } = { variables: this.#variables, rangeDepth: this.#rangeDepth };
    this.#variables = ['$'];
    this.#rangeDepth = 0;
    const { statements, end } = this.#nested(() => this.#list(false));
    if (end !== 'end') throw this.#error(`unexpected {{${end}}} in define clause`);
    this.#variables = variables;
    this.#rangeDepth = rangeDepth;
    this.#definitions.set(name, statements);
  }

  #pipeline(context: string, end: TokenKind): Pipe {
    const pos = this.#peekNonSpace().pos;
    const { variables, assigns } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#peekNonSpace();
      if (token.kind === end) break;
      if (!OPERAND_KINDS.has(token.kind) && !(token.kind === 'Keyword' && token.value === 'nil')) {
        this.#next();
        throw this.#unexpected(token, context);
      }
      commands.push(this.#command());
    }
    this.#next();
    if (commands.length === 0) throw this.#error(`missing value for ${context}`);
    const literal = commands.findIndex(
      ({ operands }, i) => i > 0 && ['Bool', 'Dot', 'Nil', 'Number', 'String'].includes(operands[0].kind),
    );
    if (literal > 0) throw this.#error(`non executable command in pipeline stage ${literal + 1}`);
    return { kind: 'Pipe', pos, assigns, variables, commands };
  }

  #declarations(context: string): { variables: string[]; assigns: boolean } {
    const variables: string[] = [];
    for (;;) {
      const token = this.#peekNonSpace();
      if (token.kind !== 'Variable') return { variables, assigns: false };
      const start = this.#at;
      this.#next();
      const next = this.#peekNonSpace();
      if (next.kind === 'Assign' || next.kind === 'Declare') {
        this.#next();
        variables.push(token.value);
        this.#variables.push(token.value);
        return { variables, assigns: next.kind === 'Assign' };
      }
      if (next.kind !== 'Char' || next.value !== ',') {
        this.#at = start;
        return { variables, assigns: false };
      }
      this.#next();
      variables.push(token.value);
      this.#variables.push(token.value);
      if (context !== 'range' || variables.length === 2) throw this.#error(`too many declarations in ${context}`);
      if (this.#peekNonSpace().kind !== 'Variable') throw this.#error('range can only initialize variables');
    }
  }

  #command(): Command {
    const pos = this.#peekNonSpace().pos;
    const operands: Operand[] = [];
    for (;;) {
      this.#skipSpace();
      const operand = this.#operand();
      if (operand !== null) operands.push(operand);
      const token = this.#next();
      if (token.kind === 'Space') continue;
      if (token.kind === 'RightDelimiter' || token.kind === 'RightParen') this.#at--;
      else if (token.kind !== 'Pipe') throw this.#unexpected(token, 'operand');
      else if (!this.#startsCommand()) throw this.#error('missing value for command');
      break;
    }
    if (operands.length === 0) throw this.#error('empty command');
    return { kind: 'Command', pos, operands };
  }

  #startsCommand(): boolean {
    const { kind } = this.#peekNonSpace();
    return kind !== 'RightDelimiter' && kind !== 'RightParen';
  }

  #operand(): Operand | null {
    const operand = this.#term();
    if (operand === null || this.#peek().kind !== 'Field') return operand;
    // Errors point at the first name of the chain.
    const { pos } = this.#peek();
    const names: string[] = [];
    while (this.#peek().kind === 'Field') names.push(this.#next().value.slice(1));
    switch (operand.kind) {
      case 'Field':
      case 'Variable':
        return { ...operand, pos, names: [...operand.names, ...names] };
      case 'Bool':
      case 'String':
      case 'Number':
      case 'Nil':
      case 'Dot':
        throw this.#error(`unexpected . after term ${goQuote(printNode(operand))}`);
      default:
        return { kind: 'Chain', pos, operand, names };
    }
  }

  #term(): Operand | null {
    const token = this.#peekNonSpace();
    const { pos, value } = token;
    if (!OPERAND_KINDS.has(token.kind) && !(token.kind === 'Keyword' && value === 'nil')) return null;
    this.#next();
    switch (token.kind) {
      case 'Identifier':
        if (!this.#functions.has(value)) throw this.#error(`function ${goQuote(value)} not defined`);
        return { kind: 'Identifier', pos, name: value };
      case 'Dot':
        return { kind: 'Dot', pos };
      case 'Keyword':
        return { kind: 'Nil', pos };
      case 'Variable':
        if (!this.#variables.includes(value)) throw this.#error(`undefined variable ${goQuote(value)}`);
        return { kind: 'Variable', pos, names: [value] };
      case 'Field':
        return { kind: 'Field', pos, names: [value.slice(1)] };
      case 'Bool':
        return { kind: 'Bool', pos, value: value === 'true' };
      case 'LeftParen':
        return this.#nested(() => this.#pipeline('parenthesized pipeline', 'RightParen'));
      case 'String':
      case 'RawString':
        return { kind: 'String', pos, source: value, value: this.#unquote(value) };
      default:
        return this.#number(token);
    }
  }

  #number({ value, pos }: Token): Operand {
    const number = parseNumber(value);
    if (number === null) throw this.#error(`illegal number syntax: ${goQuote(value)}`);
    return { kind: 'Number', pos, source: value, ...number };
  }

  #unquote(source: string): string {
    const value = unquoteString(source);
    if (value === null) throw this.#error('invalid syntax');
    return value;
  }
}
