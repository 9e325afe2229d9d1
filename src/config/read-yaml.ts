import { isMap, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { z } from 'zod';
import { SkaldError } from '../common/errors.ts';

export interface YamlSource {
  /** Name of the file, for messages. */
  readonly file: string | null;
  readonly text: string;
}

/**
 * Reads YAML by a schema; `change` sees the plain value before it is validated. Throws SkaldError `bad_config` naming
 * every mistake with file, line and column.
 */
export function readYaml<Schema extends z.ZodType>(
  { file, text }: YamlSource,
  schema: Schema,
  change: (value: unknown) => unknown = (value) => value,
): z.output<Schema> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const place = (node: Node | null | undefined): string => position(file, lines, node);
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const { line, col } = lines.linePos(syntax.pos[0]);
    refuseConfig([`${file ?? 'configuration'}:${line}:${col}: ${syntax.message.split('\n')[0]}`]);
  }
  const value: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  const parsed = schema.safeParse(change(value));
  if (!parsed.success) refuseConfig(parsed.error.issues.flatMap((issue) => describe(issue, document, place)));
  return parsed.data;
}

export function refuseConfig(problems: readonly string[]): never {
  throw new SkaldError('bad_config', `Cannot read the configuration: ${problems.join('; ')}`);
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
