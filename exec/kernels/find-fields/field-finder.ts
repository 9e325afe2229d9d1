import type { TextColumn } from '../../batch/text-column.ts';
import { Kernel } from '../../../src/common/web-assembly.ts';
import { findSpans, type FoundSpans } from '../found-spans.ts';
import type { ExpectedField, FieldSyntax } from './expected-field.ts';
import { FIND_FIELDS_WASM } from './find-fields-wasm.ts';

/** More is not searched for. */
export const FIELDS_MAX = 32;
export const TOKEN_BYTES_MAX = 4096;

const STEP = 16;
const FIELD_BYTES = 16;
const FIELDS_AT = 0;
const TOKENS_AT = FIELDS_AT + FIELDS_MAX * FIELD_BYTES;
const ROWS_AT = TOKENS_AT + TOKEN_BYTES_MAX + FIELDS_MAX * STEP;

type FindFields = (
  lines: number,
  offsets: number,
  selection: number,
  count: number,
  fields: number,
  fieldCount: number,
  spans: number,
  stride: number,
  isFound: number,
) => number;

interface Functions {
  readonly findJsonFields: FindFields;
  readonly findLogfmtFields: FindFields;
}

/**
 * Finds fields of JSON objects and of logfmt in many lines with one call: WebAssembly, 16 bytes a step. Lines are copied into
 * its memory, which costs a tenth of what the search saves.
 */
export class FieldFinder {
  readonly #kernel = new Kernel<Functions>(FIND_FIELDS_WASM);

  /**
   * Which of the selected rows have lines that begin with these fields, in this order, and where the wanted values are.
   * JSON: a brace before them, no white space, and values that are numbers or strings, of which what is between the quotes is
   * the value. Logfmt: no value with an escape. A row with a wanted value that is not plain ASCII, or is empty in logfmt, or
   * has an escape, is not found. Null: too much of something.
   */
  find(
    syntax: FieldSyntax,
    line: TextColumn,
    selection: Uint32Array,
    fields: readonly ExpectedField[],
  ): FoundSpans | null {
    if (selection.length === 0 || !isSmall(fields)) return null;
    const wantedCount = fields.filter(({ isWanted }) => isWanted).length;
    this.#kernel.makeRoom(ROWS_AT);
    this.#writeFields(fields);
    const find = syntax === 'json' ? this.#kernel.call.findJsonFields : this.#kernel.call.findLogfmtFields;
    return findSpans(this.#kernel, { line, selection }, wantedCount, ROWS_AT, (rows) =>
      find(
        ...([rows.lines, rows.offsets, rows.selection, rows.count] as const),
        ...([FIELDS_AT, fields.length] as const),
        ...([rows.spans, rows.stride, rows.isFound] as const),
      ),
    );
  }

  #writeFields(fields: readonly ExpectedField[]): void {
    const { bytes, words } = this.#kernel;
    let tokenAt = TOKENS_AT;
    let wanted = 0;
    for (const [f, { token, isWanted }] of fields.entries()) {
      bytes.set(token, tokenAt);
      words.set([tokenAt, token.length, isWanted ? wanted++ : -1], (FIELDS_AT + f * FIELD_BYTES) / 4);
      tokenAt += Math.ceil(token.length / STEP) * STEP;
    }
  }
}

function isSmall(fields: readonly ExpectedField[]): boolean {
  const tokenBytes = fields.reduce((sum, { token }) => sum + token.length, 0);
  return fields.length > 0 && fields.length <= FIELDS_MAX && tokenBytes <= TOKEN_BYTES_MAX;
}

let finder: FieldFinder | null = null;

/** One for all queries of the thread: it keeps the memory of its largest search. */
export function fieldFinder(): FieldFinder {
  return (finder ??= new FieldFinder());
}
