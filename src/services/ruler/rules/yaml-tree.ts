import { Composer, isAlias, isMap, isPair, isScalar, isSeq, Lexer, LineCounter, Parser, type Document } from 'yaml';
import { messageOf } from '../../../common/errors.ts';
import type { RuleProblem } from './rule-problem.ts';

/** Nesting of a document; a rule file needs six levels. */
export const YAML_DEPTH_MAX = 32;
/** Nodes of a document, those that aliases repeat included. */
export const YAML_NODE_MAX = 200_000;

interface At {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

export type YamlTree = YamlScalar | YamlMap | YamlList;

/** `text` is the value as it is written, quotes resolved: `5` is a fine name of a label's value. */
export interface YamlScalar extends At {
  readonly kind: 'Scalar';
  readonly text: string;
  readonly isNull: boolean;
}

export interface YamlMap extends At {
  readonly kind: 'Map';
  readonly entries: readonly YamlEntry[];
}

export interface YamlEntry extends At {
  readonly key: string;
  readonly value: YamlTree;
}

export interface YamlList extends At {
  readonly kind: 'List';
  readonly items: readonly YamlTree[];
}

class YamlProblem extends Error {
  override name = 'YamlProblem';
  readonly at: At;

  constructor(at: At, message: string) {
    super(message);
    this.at = at;
  }
}

/** The tree of the first document of a text, or why there is none. An empty text is a null. Time is linear in its size. */
export function readYamlTree(text: string): YamlTree | RuleProblem {
  const lines = new LineCounter();
  try {
    return new Reader(compose(text, lines), lines).read();
  } catch (error) {
    if (error instanceof YamlProblem) return { kind: 'decode', ...error.at, message: `yaml: ${error.message}` };
    // The library's own limit of recursion.
    if (error instanceof RangeError)
      return { kind: 'decode', line: 1, column: 1, message: `yaml: ${messageOf(error)}` };
    throw error;
  }
}

export function isProblem(value: YamlTree | RuleProblem): value is RuleProblem {
  return value.kind === 'decode' || value.kind === 'invalid';
}

/** As the library's parseDocument, but depth is bounded before anything recursive sees the text. */
function compose(text: string, lines: LineCounter): Document {
  const parser = new Parser(lines.addNewLine);
  // Looking for duplicates compares each key with each other.
  const composer = new Composer({ uniqueKeys: false });
  function* tokens() {
    lines.addNewLine(0);
    const depth = new DepthLimit(lines);
    for (const lexeme of new Lexer().lex(text)) {
      depth.add(lexeme);
      yield* parser.next(lexeme);
    }
    yield* parser.end();
  }
  for (const document of composer.compose(tokens(), true, text.length)) {
    const [error] = document.errors;
    if (error === undefined) return document;
    throw new YamlProblem(place(lines, error.pos[0]), error.message);
  }
  throw new YamlProblem({ line: 1, column: 1 }, 'no document');
}

/** Counts open brackets, and `- - -` on one line. Depth by indentation is bounded by the square root of the size. */
class DepthLimit {
  readonly #lines: LineCounter;
  #offset = 0;
  #flow = 0;
  #dashes = 0;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  add(lexeme: string): void {
    if (lexeme === '[' || lexeme === '{') this.#flow++;
    else if (lexeme === ']' || lexeme === '}') this.#flow = Math.max(0, this.#flow - 1);
    else if (lexeme === '-' || lexeme === '?') this.#dashes++;
    else if (lexeme.startsWith('\n') || lexeme.startsWith('\r')) this.#dashes = 0;
    if (this.#flow > YAML_DEPTH_MAX || this.#dashes > YAML_DEPTH_MAX) throw tooDeep(place(this.#lines, this.#offset));
    this.#offset += lexeme.length;
  }
}

function tooDeep(at: At): YamlProblem {
  return new YamlProblem(at, `nested more than ${YAML_DEPTH_MAX} levels deep`);
}

function place(lines: LineCounter, offset: number): At {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

class Reader {
  readonly #document: Document;
  readonly #lines: LineCounter;
  /** The node that an alias stands for: the last one before it that has the anchor. */
  readonly #anchors = new Map<string, unknown>();
  #nodes = 0;

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  read(): YamlTree {
    return this.#tree(this.#document.contents, 0, { line: 1, column: 1 });
  }

  /** `at` is the place of a node that has none: an empty value. */
  #tree(node: unknown, depth: number, at: At): YamlTree {
    const here = this.#placeOf(node) ?? at;
    if (++this.#nodes > YAML_NODE_MAX) throw new YamlProblem(here, `more than ${YAML_NODE_MAX} values`);
    if (depth > YAML_DEPTH_MAX) throw tooDeep(here);
    if (isAlias(node)) return this.#aliased(node.source, depth, here);
    this.#note(node);
    if (isMap(node)) {
      const entries = node.items.map((item) => this.#entry(item, depth, here));
      return { kind: 'Map', ...here, entries: merged(entries) };
    }
    if (isSeq(node)) {
      return { kind: 'List', ...here, items: node.items.map((item) => this.#tree(item, depth + 1, here)) };
    }
    if (!isScalar(node)) return { kind: 'Scalar', ...here, text: '', isNull: true };
    const isNull = node.value === null;
    return { kind: 'Scalar', ...here, isNull, text: isNull ? '' : scalarText(node.value, node.source) };
  }

  #aliased(name: string, depth: number, at: At): YamlTree {
    const target = this.#anchors.get(name);
    if (target === undefined) throw new YamlProblem(at, `unknown anchor '${name}' referenced`);
    return { ...this.#tree(target, depth + 1, at), ...at };
  }

  #note(node: unknown): void {
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined) {
      this.#anchors.set(node.anchor, node);
    }
  }

  #entry(pair: unknown, depth: number, at: At): YamlEntry {
    if (!isPair(pair)) throw new YamlProblem(at, 'expected a key and its value');
    const key = this.#tree(pair.key, depth + 1, at);
    if (key.kind !== 'Scalar') throw new YamlProblem(key, 'expected a text as key');
    return { key: key.text, line: key.line, column: key.column, value: this.#tree(pair.value, depth + 1, key) };
  }

  #placeOf(node: unknown): At | null {
    const isNode = isMap(node) || isSeq(node) || isScalar(node) || isAlias(node);
    const offset = isNode ? node.range?.[0] : undefined;
    return offset === undefined ? null : place(this.#lines, offset);
  }
}

/** Entries that `<<: *anchor` brings, unless the mapping has them itself. */
function merged(entries: readonly YamlEntry[]): readonly YamlEntry[] {
  const own = entries.filter(({ key, value }) => key !== '<<' || value.kind !== 'Map');
  if (own.length === entries.length) return entries;
  const names = new Set(own.map(({ key }) => key));
  const brought = entries.flatMap(({ key, value }) => (key === '<<' && value.kind === 'Map' ? value.entries : []));
  return [...own, ...brought.filter(({ key }) => !names.has(key))];
}

/** Numbers and booleans keep the form in which they are written. */
function scalarText(value: unknown, source: string | undefined): string {
  return typeof value === 'string' ? value : (source ?? String(value));
}
