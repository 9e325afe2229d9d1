import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { z } from 'zod';
import { SkaldError } from '../common/errors.ts';

export interface YamlSource {
  /** Name of the file, for messages. */
  readonly file: string | null;
  readonly text: string;
}

/** A file as plain values, and where its keys are. */
export interface YamlValues {
  readonly value: unknown;
  /** `file:line:column` of the key at `path`, or of its nearest parent. */
  readonly place: (path: readonly string[]) => string;
}

/** Throws SkaldError `bad_config` for what is not YAML. An empty file is an empty map. */
export function parseYaml({ file, text }: YamlSource): YamlValues {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const { line, col } = lines.linePos(syntax.pos[0]);
    refuseConfig([`${file ?? 'configuration'}:${line}:${col}: ${syntax.message.split('\n')[0]}`]);
  }
  return {
    value: document.toJS({ maxAliasCount: 100 }) ?? {},
    place: (path) => position(file, lines, keyNode(document, path)),
  };
}

export function refuseConfig(problems: readonly string[]): never {
  throw new SkaldError('bad_config', `Cannot read the configuration: ${problems.join('; ')}`);
}

/** One text for each mistake; an unknown key is named with its own position, and what `hint` knows about it. */
export function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  place: YamlValues['place'],
  hint: (key: string) => string = () => '',
): string[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys')
      return [`${place(path)}: ${path.join('.') || 'document'}: ${issue.message}`];
    return issue.keys.map((key) => {
      const name = [...path, key].join('.');
      return `${place([...path, key])}: unknown key "${name}"${hint(name)}`;
    });
  });
}

/** The node of the key at `path`, or of its nearest parent. */
function keyNode(document: Document, path: readonly string[]): Node | null {
  let found: Node | null = null;
  let at: unknown = document.contents;
  for (const key of path) {
    if (isSeq(at)) {
      at = at.items[Number(key)];
      found = (at as Node | undefined) ?? found;
      continue;
    }
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
