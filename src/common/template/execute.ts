import { must } from '../assert.ts';
import { messageOf, SkaldError } from '../errors.ts';
import { goQuote } from '../go-quote.ts';
import { compileRegexp } from '../regexp/compile.ts';
import type { CompiledRegexp } from '../regexp/regexp.ts';
import { compareUtf8 } from '../utf8.ts';
import {
  printNode,
  type Branch,
  type CallStatement,
  type Command,
  type Operand,
  type Pipe,
  type Statement,
  type Template,
} from './ast.ts';
import { formatValue } from './format-value.ts';
import type { FunctionContext, ParameterType } from './function-type.ts';
import {
  int,
  isInt,
  isLabels,
  isList,
  isMap,
  isRecord,
  isTime,
  isTrue,
  typeName,
  type LabelMap,
  type Value,
} from './value.ts';

/** Statements and commands that one execution may run. */
export const TEMPLATE_STEP_MAX = 100_000;
/** Longest result in UTF-16 units. */
export const TEMPLATE_OUTPUT_MAX = 1 << 20;
/** Deepest nesting of `template` calls. */
export const TEMPLATE_CALL_DEPTH_MAX = 100;
/** Compiled expressions kept per template. */
const REGEXP_CACHE_MAX = 64;

/** What functions are told besides their arguments. */
export interface TemplateInput {
  readonly line: string;
  readonly timestampNs: bigint;
  readonly nowNs: bigint;
  /** What `query` answers, where there is such a function. */
  readonly query?: (expr: string) => Value;
}

/** The row that a template runs on. */
export interface TemplateContext extends TemplateInput {
  /** Labels by name, `__error__` included (spec fact 143). */
  label(name: string): string | undefined;
  /** All label names, in any order; asked only when a template uses the whole map. */
  labelNames(): readonly string[];
}

/**
 * The text that the template makes of a row. Throws SkaldError `pipeline_error` with Go's text (spec fact 144):
 * `template: line:1:3: executing "line" at <div 1 0>: ...`.
 */
export function executeTemplate(template: Template, context: TemplateContext): string {
  const simple = template.body.length === 1 ? loneLabel(template.body[0]) : null;
  return simple === null ? executeOn(template, labelsOf(context), context) : (context.label(simple) ?? '');
}

/** The text that the template makes of any value as `.`. Throws as `executeTemplate` does. */
export function executeOn(template: Template, dot: Value, input: TemplateInput): string {
  return new Execution(template, dot, input).run();
}

function labelsOf(context: TemplateContext): LabelMap {
  return {
    kind: 'Labels',
    get: (name) => context.label(name),
    names: () => [...context.labelNames()].sort(compareUtf8),
  };
}

/** The name of the label when a template is nothing but `{{.name}}`. */
function loneLabel(statement: Statement): string | null {
  if (statement.kind !== 'Action' || statement.pipe.commands.length !== 1) return null;
  const { variables, commands } = statement.pipe;
  const [operand] = commands[0].operands;
  const lone = variables.length === 0 && commands[0].operands.length === 1;
  return lone && operand.kind === 'Field' && operand.names.length === 1 ? operand.names[0] : null;
}

const caches = new WeakMap<Template, Map<string, CompiledRegexp>>();

function cachedRegexp(template: Template, pattern: string): CompiledRegexp {
  const cache = caches.get(template) ?? new Map<string, CompiledRegexp>();
  caches.set(template, cache);
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  if (cache.size >= REGEXP_CACHE_MAX) cache.clear();
  const regexp = compileRegexp(pattern);
  cache.set(pattern, regexp);
  return regexp;
}

/** How a list of statements ended. */
type Flow = 'next' | 'break' | 'continue';

/** No value is piped into a command. */
const NOTHING = Symbol('nothing');
type Piped = Value | typeof NOTHING;

interface Variable {
  readonly name: string;
  value: Value;
}

class Execution {
  readonly #template: Template;
  readonly #functions: FunctionContext;
  readonly #dot: Value;
  #variables: Variable[];
  #out = '';
  #steps = 0;
  #callDepth = 0;
  /** Where an error is reported. */
  #node: Operand | Command | CallStatement | null = null;

  constructor(template: Template, dot: Value, { line, timestampNs, nowNs, query }: TemplateInput) {
    this.#template = template;
    this.#dot = dot;
    this.#functions = {
      line,
      timestampNs,
      nowNs,
      regexp: (pattern) => cachedRegexp(template, pattern),
      callTemplate: (name, inner) => this.#textOf(name, inner),
      query: (expr) => must(query, 'query')(expr),
    };
    this.#variables = [{ name: '$', value: dot }];
  }

  run(): string {
    this.#list(this.#template.body, this.#dot);
    return this.#out;
  }

  #error(message: string): SkaldError {
    const { name, text } = this.#template;
    const node = this.#node;
    if (node === null) return new SkaldError('pipeline_error', `template: ${name}: ${message}`);
    const before = text.slice(0, node.pos);
    const line = before.split('\n').length;
    const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1));
    const where = `template: ${name}:${line}:${column}: executing ${goQuote(name)} at <${printNode(node)}>`;
    return new SkaldError('pipeline_error', `${where}: ${message}`);
  }

  #step(): void {
    if (++this.#steps > TEMPLATE_STEP_MAX) throw this.#error(`more than ${TEMPLATE_STEP_MAX} steps`);
  }

  #write(text: string): void {
    if (this.#out.length + text.length > TEMPLATE_OUTPUT_MAX) {
      throw this.#error(`result is longer than ${TEMPLATE_OUTPUT_MAX}`);
    }
    this.#out += text;
  }

  #list(statements: readonly Statement[], dot: Value): Flow {
    for (const statement of statements) {
      this.#step();
      const flow = this.#statement(statement, dot);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  #statement(statement: Statement, dot: Value): Flow {
    switch (statement.kind) {
      case 'Text':
        this.#write(statement.text);
        return 'next';
      case 'Action': {
        const value = this.#pipeline(statement.pipe, dot);
        if (statement.pipe.variables.length === 0) this.#write(formatValue(value, '<no value>'));
        return 'next';
      }
      case 'If':
      case 'With':
        return this.#branch(statement, dot);
      case 'Range':
        return this.#range(statement, dot);
      case 'Call':
        this.#call(statement, dot);
        return 'next';
      case 'Break':
        return 'break';
      case 'Continue':
        return 'continue';
    }
  }

  #branch({ kind, pipe, body, otherwise }: Branch, dot: Value): Flow {
    const scope = this.#variables.length;
    const value = this.#pipeline(pipe, dot);
    const inner = kind === 'With' && isTrue(value) ? value : dot;
    const flow = this.#list(isTrue(value) ? body : (otherwise ?? []), inner);
    this.#variables.length = scope;
    return flow;
  }

  #range({ pipe, body, otherwise }: Branch, dot: Value): Flow {
    const scope = this.#variables.length;
    const value = this.#pipeline(pipe, dot);
    const inside = this.#variables.length;
    let empty = true;
    for (const [key, item] of this.#items(value)) {
      empty = false;
      this.#step();
      this.#bindItem(pipe, key, item);
      const flow = this.#list(body, item);
      this.#variables.length = inside;
      if (flow === 'break') break;
    }
    const flow = empty && otherwise !== null ? this.#list(otherwise, dot) : 'next';
    this.#variables.length = scope;
    return flow;
  }

  /** Sets the variables of a range: the item, or the key and the item. They were declared by its pipeline. */
  #bindItem({ variables, assigns }: Pipe, key: Value, item: Value): void {
    if (variables.length === 0) return;
    const values = variables.length === 1 ? [item] : [key, item];
    for (const [i, name] of variables.entries()) {
      if (assigns) this.#assign(name, values[i]);
      else this.#variables[this.#variables.length - variables.length + i].value = values[i];
    }
  }

  *#items(value: Value): Generator<[Value, Value]> {
    if (value === null) return;
    if (isInt(value)) for (let i = 0n; i < value.value; i++) yield [int(i), int(i)];
    else if (isList(value)) for (const [i, item] of value.entries()) yield [int(i), item];
    else if (isMap(value)) for (const key of [...value.keys()].sort(compareUtf8)) yield [key, value.get(key) ?? null];
    else if (isLabels(value)) for (const name of value.names()) yield [name, value.get(name) ?? ''];
    else throw this.#error(`range can't iterate over ${formatValue(value)}`);
  }

  /** What a template of this name writes, as a text of its own. */
  #textOf(name: string, dot: Value): string {
    const before = this.#out;
    this.#out = '';
    this.#callBody(name, dot);
    const text = this.#out;
    this.#out = before;
    return text;
  }

  #call(statement: CallStatement, dot: Value): void {
    const { name, pipe } = statement;
    this.#node = statement;
    if (!this.#template.definitions.has(name)) throw this.#error(`template ${goQuote(name)} not defined`);
    this.#callBody(name, pipe === null ? null : this.#pipeline(pipe, dot));
  }

  #callBody(name: string, inner: Value): void {
    const body = this.#template.definitions.get(name);
    if (body === undefined) throw this.#error(`template ${goQuote(name)} not defined`);
    if (++this.#callDepth > TEMPLATE_CALL_DEPTH_MAX) {
      throw this.#error(`exceeded maximum template depth (${TEMPLATE_CALL_DEPTH_MAX})`);
    }
    const outer = this.#variables;
    this.#variables = [{ name: '$', value: inner }];
    this.#list(body, inner);
    this.#variables = outer;
    this.#callDepth--;
  }

  #assign(name: string, value: Value): void {
    const variable = this.#variables.findLast((candidate) => candidate.name === name);
    if (variable === undefined) throw this.#error(`undefined variable: ${name}`);
    variable.value = value;
  }

  #pipeline(pipe: Pipe, dot: Value): Value {
    this.#node = pipe;
    let piped: Piped = NOTHING;
    for (const command of pipe.commands) piped = this.#command(command, dot, piped);
    const value = piped === NOTHING ? null : piped;
    for (const name of pipe.variables) {
      if (pipe.assigns) this.#assign(name, value);
      else this.#variables.push({ name, value });
    }
    return value;
  }

  #command(command: Command, dot: Value, piped: Piped): Value {
    this.#step();
    const [first] = command.operands;
    const hasArguments = command.operands.length > 1 || piped !== NOTHING;
    if (first.kind === 'Identifier') {
      this.#node = first;
      return this.#function(first.name, command, command.operands.slice(1), dot, piped);
    }
    this.#node = first;
    if (hasArguments) {
      const { kind } = first;
      if (kind !== 'Field' && kind !== 'Chain' && !(kind === 'Variable' && first.names.length > 1)) {
        throw this.#error(`can't give argument to non-function ${printNode(first)}`);
      }
      const last = first.names[first.names.length - 1];
      this.#operand(first, dot);
      this.#node = first;
      throw this.#error(`${last} is not a method but has arguments`);
    }
    if (first.kind === 'Nil') throw this.#error('nil is not a command');
    return this.#operand(first, dot);
  }

  #operand(operand: Operand, dot: Value): Value {
    this.#node = operand;
    switch (operand.kind) {
      case 'Dot':
        return dot;
      case 'Nil':
        return null;
      case 'Bool':
      case 'String':
        return operand.value;
      case 'Number':
        if (operand.int === null) return operand.float;
        if (/[.eEpP]/.test(operand.source) && !/^[+-]?0[xX][^pP.]*$/.test(operand.source) && !operand.isChar)
          return operand.float;
        return operand.isChar ? { kind: 'Int', type: 'int32', value: operand.int } : int(operand.int);
      case 'Field':
        return this.#fields(operand, dot, operand.names);
      case 'Variable': {
        const [name, ...fields] = operand.names;
        const variable = this.#variables.findLast((candidate) => candidate.name === name);
        if (variable === undefined) throw this.#error(`undefined variable: ${name}`);
        return this.#fields(operand, variable.value, fields);
      }
      case 'Identifier':
        return this.#function(operand.name, operand, [], dot, NOTHING);
      case 'Chain':
        return this.#fields(operand, this.#operand(operand.operand, dot), operand.names);
      case 'Pipe':
        return this.#pipeline(operand, dot);
    }
  }

  #fields(node: Operand, value: Value, names: readonly string[]): Value {
    let current = value;
    for (const name of names) {
      if (current === null) return null;
      if (isLabels(current)) current = current.get(name) ?? '';
      else if (isRecord(current) && current.fields.has(name)) current = current.fields.get(name) ?? null;
      else if (isMap(current)) current = current.get(name) ?? null;
      else {
        this.#node = node;
        throw this.#error(`can't evaluate field ${name} in type ${typeName(current)}`);
      }
    }
    return current;
  }

  /** Calls a function; errors that it throws are reported at `node`. */
  #function(name: string, node: Operand | Command, operands: readonly Operand[], dot: Value, piped: Piped): Value {
    const { parameters, rest, call } = must(this.#template.functions.get(name), name);
    const count = operands.length + (piped === NOTHING ? 0 : 1);
    if (count < parameters.length || (rest === null && count > parameters.length)) {
      const want = rest === null ? `want ${parameters.length}` : `want at least ${parameters.length}`;
      throw this.#error(`wrong number of args for ${name}: ${want} got ${count}`);
    }
    if (name === 'and' || name === 'or') return this.#shortCircuit(name === 'or', operands, dot, piped);
    const args = operands.map((operand, i) => this.#argument(operand, parameters[i] ?? rest ?? 'any', dot));
    if (piped !== NOTHING) args.push(this.#checked(piped, parameters[count - 1] ?? rest ?? 'any'));
    try {
      return call(args, this.#functions);
    } catch (error) {
      this.#node = node;
      throw this.#error(`error calling ${name}: ${messageOf(error)}`);
    }
  }

  /** The first argument that decides, else the last; those after it are not evaluated. */
  #shortCircuit(stopsAt: boolean, operands: readonly Operand[], dot: Value, piped: Piped): Value {
    let value: Value = null;
    for (const operand of operands) {
      value = this.#argument(operand, 'any', dot);
      if (isTrue(value) === stopsAt) return value;
    }
    return piped === NOTHING ? value : piped;
  }

  #argument(operand: Operand, type: ParameterType, dot: Value): Value {
    this.#node = operand;
    switch (operand.kind) {
      case 'Nil':
        if (type !== 'any') throw this.#error(`cannot assign nil to ${TYPE_NAMES[type]}`);
        return null;
      case 'Bool':
      case 'String':
      case 'Number':
        return this.#literal(operand, type, dot);
      default:
        return this.#checked(this.#operand(operand, dot), type);
    }
  }

  #literal(operand: Operand & { kind: 'Bool' | 'String' | 'Number' }, type: ParameterType, dot: Value): Value {
    switch (type) {
      case 'any':
        return this.#operand(operand, dot);
      case 'string':
        if (operand.kind === 'String') return operand.value;
        throw this.#error(`expected string; found ${printNode(operand)}`);
      case 'int':
        if (operand.kind === 'Number' && operand.int !== null) return int(operand.int);
        throw this.#error(`expected integer; found ${printNode(operand)}`);
      case 'float64':
        if (operand.kind === 'Number' && operand.float !== null) return operand.float;
        throw this.#error(`expected float; found ${printNode(operand)}`);
      case 'time':
        throw this.#error(`can't handle ${printNode(operand)} for arg of type time.Time`);
    }
  }

  #checked(value: Value, type: ParameterType): Value {
    if (type === 'any') return value;
    if (value === null) throw this.#error(`invalid value; expected ${TYPE_NAMES[type]}`);
    const fits =
      type === 'string'
        ? typeof value === 'string'
        : type === 'float64'
          ? typeof value === 'number'
          : type === 'time'
            ? isTime(value)
            : isInt(value) && value.type === 'int';
    if (!fits) throw this.#error(`wrong type for value; expected ${TYPE_NAMES[type]}; got ${typeName(value)}`);
    return value;
  }
}

const TYPE_NAMES: Record<ParameterType, string> = {
  any: 'interface {}',
  string: 'string',
  int: 'int',
  float64: 'float64',
  time: 'time.Time',
};
