import { goQuote } from '../go-quote.ts';
import type { FunctionTable } from './function-type.ts';

/** Byte-free positions: UTF-16 offsets into the template's text. */
interface Positioned {
  readonly pos: number;
}

/** A parsed template with everything that it defines. */
export interface Template {
  /** `line` or `label`: the name in error texts. */
  readonly name: string;
  readonly text: string;
  readonly body: readonly Statement[];
  /** Bodies of `define` and `block` by name. */
  readonly definitions: ReadonlyMap<string, readonly Statement[]>;
  /** The functions that it may call. */
  readonly functions: FunctionTable;
}

export type Statement =
  | { readonly kind: 'Text'; readonly text: string }
  | ActionStatement
  | Branch
  | CallStatement
  | (Positioned & { readonly kind: 'Break' | 'Continue' });

/** `{{template "name" pipe}}`; its position is that of the name. */
export interface CallStatement extends Positioned {
  readonly kind: 'Call';
  readonly name: string;
  readonly pipe: Pipe | null;
}

export interface ActionStatement extends Positioned {
  readonly kind: 'Action';
  readonly pipe: Pipe;
}

export interface Branch extends Positioned {
  readonly kind: 'If' | 'With' | 'Range';
  readonly pipe: Pipe;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[] | null;
}

/** `$a, $b := command | command`. */
export interface Pipe extends Positioned {
  readonly kind: 'Pipe';
  /** Assigns to variables that exist (`=`) instead of declaring them (`:=`). */
  readonly assigns: boolean;
  /** Names with their `$`. */
  readonly variables: readonly string[];
  readonly commands: readonly Command[];
}

export interface Command extends Positioned {
  readonly kind: 'Command';
  /** At least one; the first may be a function. */
  readonly operands: readonly Operand[];
}

export type Operand =
  | (Positioned & { readonly kind: 'Dot' | 'Nil' })
  | (Positioned & { readonly kind: 'Bool'; readonly value: boolean })
  | NumberOperand
  /** `source` is the literal with its quotes. */
  | (Positioned & { readonly kind: 'String'; readonly source: string; readonly value: string })
  /** `.a.b` */
  | (Positioned & { readonly kind: 'Field'; readonly names: readonly string[] })
  /** `$x.a.b`; the first name has its `$`. */
  | (Positioned & { readonly kind: 'Variable'; readonly names: readonly string[] })
  | (Positioned & { readonly kind: 'Identifier'; readonly name: string })
  /** `(pipe).a.b` */
  | (Positioned & { readonly kind: 'Chain'; readonly operand: Operand; readonly names: readonly string[] })
  | Pipe;

/** A literal; `int` and `float` are null where the literal cannot be read as one. */
export interface NumberOperand extends Positioned {
  readonly kind: 'Number';
  readonly source: string;
  readonly int: bigint | null;
  readonly float: number | null;
  readonly isChar: boolean;
}

/** A node as Go prints it: error texts quote it. */
export function printNode(node: Operand | Command | CallStatement): string {
  switch (node.kind) {
    case 'Dot':
      return '.';
    case 'Nil':
      return 'nil';
    case 'Bool':
      return String(node.value);
    case 'Number':
    case 'String':
      return node.source;
    case 'Field':
      return node.names.map((name) => `.${name}`).join('');
    case 'Variable':
      return node.names.join('.');
    case 'Identifier':
      return node.name;
    case 'Chain': {
      const inner = printNode(node.operand);
      return `${node.operand.kind === 'Pipe' ? `(${inner})` : inner}${node.names.map((name) => `.${name}`).join('')}`;
    }
    case 'Call':
      return `{{template ${goQuote(node.name)}${node.pipe === null ? '' : ` ${printNode(node.pipe)}`}}}`;
    case 'Command':
      return node.operands
        .map((operand) => (operand.kind === 'Pipe' ? `(${printNode(operand)})` : printNode(operand)))
        .join(' ');
    case 'Pipe': {
      const commands = node.commands.map(printNode).join(' | ');
      return node.variables.length === 0
        ? commands
        : `${node.variables.join(', ')} ${node.assigns ? '=' : ':='} ${commands}`;
    }
  }
}
