import { decodeUtf8, encodeUtf8 } from '../../common/utf8.ts';
import { labelName, labelNamePart } from '../../../exec/parsers/label-name.ts';
import { LogfmtScanner } from '../../../exec/parsers/logfmt-scanner.ts';

export interface LineField {
  readonly name: string;
  readonly value: string;
  /** Keys from the outermost object down; null in logfmt. */
  readonly path: readonly string[] | null;
}

export interface LineFields {
  readonly parser: 'json' | 'logfmt';
  readonly fields: readonly LineField[];
}

/** Objects nested deeper are left out. */
const DEPTH_MAX = 256;

/**
 * The fields of a line: of a JSON object its leaves (facts 126 and 127), of any other line its logfmt pairs (facts 134 to
 * 136). A name that is taken gets `_extracted`; of equal names the first counts (fact 121).
 */
export function readLineFields(line: string, isTaken: (name: string) => boolean): LineFields {
  const leaves = jsonLeaves(line);
  const read = leaves ?? logfmtPairs(line);
  const byName = new Map<string, LineField>();
  for (const field of read) {
    const name = isTaken(field.name) ? `${field.name}_extracted` : field.name;
    if (field.name !== '' && !byName.has(name)) byName.set(name, { ...field, name });
  }
  return { parser: leaves === null ? 'logfmt' : 'json', fields: [...byName.values()] };
}

/** A number as it is written: `1.0` and large integers stay what they are. */
class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Null when the line is no JSON object. */
function jsonLeaves(line: string): LineField[] | null {
  if (!/^\s*\{/.test(line)) return null;
  try {
    const parsed: unknown = JSON.parse(line, keepNumberText);
    const leaves: LineField[] = [];
    collect(parsed as object, [], '', leaves);
    return leaves;
  } catch (error) {
    // A reviver makes JSON.parse recursive: a line of brackets alone exhausts the stack.
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

function keepNumberText(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? new NumberText(context?.source ?? String(value)) : value;
}

function collect(object: object, path: readonly string[], prefix: string, leaves: LineField[]): void {
  if (path.length >= DEPTH_MAX) return;
  for (const [key, value] of Object.entries(object) as [string, unknown][]) {
    const part = prefix === '' ? labelName(key) : labelNamePart(key);
    const name = prefix === '' || part === '' ? prefix + part : `${prefix}_${part}`;
    const here = [...path, key];
    if (value instanceof NumberText) leaves.push({ name, value: value.text, path: here });
    else if (typeof value === 'string') leaves.push({ name, value: withoutReplacement(value), path: here });
    else if (typeof value === 'boolean') leaves.push({ name, value: String(value), path: here });
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) collect(value, here, name, leaves);
  }
}

function logfmtPairs(line: string): LineField[] {
  const bytes = encodeUtf8(line);
  const scanner = new LogfmtScanner();
  const pairs: LineField[] = [];
  scanner.begin(bytes, 0, bytes.length);
  while (!scanner.atEnd) {
    if (!scanner.next() || scanner.valueStart === scanner.valueEnd) continue;
    const value = decodeUtf8(scanner.valueHeap, scanner.valueStart, scanner.valueEnd);
    const name = labelName(decodeUtf8(bytes, scanner.keyStart, scanner.keyEnd));
    pairs.push({ name, value: withoutReplacement(value), path: null });
  }
  return pairs;
}

function withoutReplacement(text: string): string {
  return text.replaceAll('\ufffd', ' ');
}
