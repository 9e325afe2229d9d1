import { isMap, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { z } from 'zod';
import { SkaldError } from '../common/errors.ts';
import { CONFIG_FLAGS } from './flags.ts';
import { configSchema, type Config } from './schema.ts';

/** Where a configuration comes from. `flags` are values by flag name, as given on the command line. */
export interface ConfigSource {
  /** Name of the file, for messages. */
  readonly file: string | null;
  readonly text: string;
  readonly flags: Readonly<Record<string, string | boolean>>;
  /** Replace `${VAR}` and `${VAR:default}` in the text (-config.expand-env). */
  readonly environment: Readonly<Record<string, string | undefined>> | null;
}

/** Reads, merges and validates. Throws SkaldError `bad_config` naming every mistake with file, line and column. */
export function loadConfig(source: ConfigSource): Config {
  const text = source.environment === null ? source.text : expandEnvironment(source.text, source.environment);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const place = (node: Node | null | undefined): string => position(source.file, lines, node);
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const { line, col } = lines.linePos(syntax.pos[0]);
    refuse([`${source.file ?? 'configuration'}:${line}:${col}: ${syntax.message.split('\n')[0]}`]);
  }
  const value: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  const merged = applyFlags(value, source.flags);
  const parsed = configSchema.safeParse(merged);
  if (!parsed.success) refuse(parsed.error.issues.flatMap((issue) => describe(issue, document, place)));
  return parsed.data;
}

function refuse(problems: readonly string[]): never {
  throw new SkaldError('bad_config', `Cannot read the configuration: ${problems.join('; ')}`);
}

/** `${NAME}` and `${NAME:default}`; an unset variable without default is empty, as in Loki. */
function expandEnvironment(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\$\{([A-Za-z_]\w*)(?::([^}]*))?\}/g, (_, name: string, fallback: string | undefined) => {
    const value = environment[name];
    return value === undefined || value === '' ? (fallback ?? '') : value;
  });
}

function applyFlags(value: unknown, flags: ConfigSource['flags']): unknown {
  if (!isRecord(value)) return value;
  const root = structuredClone(value);
  for (const { name, path, type } of CONFIG_FLAGS) {
    const given = flags[name];
    if (given === undefined) continue;
    let at = root;
    for (const key of path.slice(0, -1)) {
      const next = at[key];
      const child: Record<string, unknown> = isRecord(next) ? next : {};
      at[key] = child;
      at = child;
    }
    at[path.at(-1) as string] = flagValue(name, type, given);
  }
  return root;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function flagValue(name: string, type: 'string' | 'number' | 'boolean', given: string | boolean): unknown {
  if (type === 'string') return String(given);
  if (type === 'boolean') {
    if (given === true || given === 'true') return true;
    if (given === false || given === 'false') return false;
    return refuse([`flag -${name}: "${given}" is not true or false`]);
  }
  if (!/^\d+$/.test(String(given))) return refuse([`flag -${name}: "${given}" is not a number`]);
  return Number(given);
}

/** One text for each mistake; an unknown key is named with its own position. */
function describe(issue: z.core.$ZodIssue, document: Document, place: (node: Node | null) => string): string[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) => `${place(keyNode(document, [...path, key]))}: unknown key "${[...path, key].join('.')}"`,
    );
  }
  return [`${place(keyNode(document, path))}: ${path.join('.') || 'document'}: ${issue.message}`];
}

/** The node of the key at `path`, or of its nearest parent. */
function keyNode(document: Document, path: readonly string[]): Node | null {
  let found: Node | null = null;
  let at: unknown = document.contents;
  for (const key of path) {
    if (!isMap(at)) break;
    const pair = at.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (pair === undefined) break;
    found = pair.key as Node;
    at = pair.value;
  }
  return found;
}

function position(file: string | null, lines: LineCounter, node: Node | null | undefined): string {
  const offset = node?.range?.[0];
  if (offset === undefined) return file ?? 'configuration';
  const { line, col } = lines.linePos(offset);
  return `${file ?? 'configuration'}:${line}:${col}`;
}
