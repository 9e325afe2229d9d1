import type { Entry } from '../../../storage/head/testing/entries.ts';
import { parseEntries, parseLoadLabels } from './parse-entries.ts';
import { parseParams } from './parse-params.ts';
import type { Block, BlockKind, Script, Skip } from './script.ts';

const KINDS: readonly string[] = ['eval', 'plan', 'rules', 'rewrite', 'explain'] satisfies BlockKind[];
const SKIP = /^\s+skip lane=(\S+): (.+)$/;
const SEPARATOR = '----';

/**
 * Reads a script. Blocks are separated by blank lines; `#` starts a comment line outside of blocks. `load {labels}` adds
 * entries for all blocks below, `forget` drops what was loaded; every other block has a header, lines that name lanes it
 * cannot run in, its query (indented), and after `----` what is expected.
 */
export function parseScript(name: string, text: string): Script {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let entries: readonly Entry[] = [];
  for (const { start, end } of sections(lines)) {
    const [kind = '', ...header] = lines[start].split(/ +/);
    try {
      if (kind === 'forget') entries = [];
      else if (kind === 'load') entries = [...entries, ...loaded(lines.slice(start, end))];
      else if (isKind(kind)) blocks.push(parseBlock(kind, header, { lines, start, end, entries }));
      else throw new Error(`a block starts with ${kind}; expected load, forget, ${KINDS.join(', ')}`);
    } catch (error) {
      throw new Error(`${name}:${start + 1}: ${String(error)}`, { cause: error });
    }
  }
  return { name, lines, blocks };
}

function isKind(word: string): word is BlockKind {
  return KINDS.includes(word);
}

interface Section {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Runs of lines between blank lines, without the comments that they begin with. */
function sections(lines: readonly string[]): Section[] {
  const found: Section[] = [];
  let start = -1;
  for (let i = 0; i <= lines.length; i++) {
    const line = lines[i] ?? '';
    if (line === '') {
      if (start >= 0) found.push({ start, end: i });
      start = -1;
    } else if (start < 0 && !line.startsWith('#')) start = i;
  }
  return found;
}

function loaded([header, ...body]: readonly string[]): Entry[] {
  const labels = parseLoadLabels(header.slice('load '.length));
  return body.flatMap((line) => parseEntries(line, labels));
}

interface BlockSource extends Section {
  readonly lines: readonly string[];
  readonly entries: readonly Entry[];
}

function parseBlock(kind: BlockKind, header: readonly string[], { lines, start, end, entries }: BlockSource): Block {
  const body = lines.slice(start + 1, end);
  const separator = body.findIndex((line) => line === SEPARATOR || line.startsWith(`${SEPARATOR} `));
  const input = separator < 0 ? body : body.slice(0, separator);
  const expectationStart = separator < 0 ? end : start + 1 + separator;
  return {
    kind,
    line: start + 1,
    endLine: end,
    entries,
    ...parseParams(header),
    query: input
      .filter((line) => !SKIP.test(line))
      .map((line) => line.replace(/^ {2}/, ''))
      .join('\n'),
    skips: input.flatMap(parseSkip),
    expectationStart,
    expectationEnd: end,
  };
}

function parseSkip(line: string): Skip[] {
  const match = SKIP.exec(line);
  return match === null ? [] : [{ lane: match[1], reason: match[2] }];
}
