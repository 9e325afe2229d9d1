import type { TextColumn } from '../../batch/text-column.ts';
import type { ExpectedField, FoundFields } from './expected-field.ts';
import { FIND_FIELDS_WASM } from './find-fields-wasm.ts';

/** More is not searched for. */
export const FIELDS_MAX = 32;
export const TOKEN_BYTES_MAX = 4096;
/** Of all lines from the first selected to the last. */
export const LINE_BYTES_MAX = 16 << 20;

const STEP = 16;
const FIELD_BYTES = 16;
const FIELDS_AT = 0;
const TOKENS_AT = FIELDS_AT + FIELDS_MAX * FIELD_BYTES;
const ROWS_AT = TOKENS_AT + TOKEN_BYTES_MAX + FIELDS_MAX * STEP;
const PAGE_BYTES = 1 << 16;

/** What is used of it: TypeScript has its types with those of browsers only. */
declare const WebAssembly: {
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  findFields(
    lines: number,
    offsets: number,
    selection: number,
    count: number,
    fields: number,
    fieldCount: number,
    spans: number,
    isFound: number,
  ): number;
}

/**
 * Finds fields of JSON objects in many lines with one call: WebAssembly, 16 bytes a step. Lines are copied into its memory,
 * which costs a tenth of what the search saves.
 */
export class FieldFinder {
  readonly #exports: Exports;
  #bytes: Uint8Array;
  #words: Uint32Array;

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(FIND_FIELDS_WASM, 'base64'));
    const imports = { env: { abort: () => undefined } };
    this.#exports = new WebAssembly.Instance(module, imports).exports as unknown as Exports;
    this.#bytes = new Uint8Array(this.#exports.memory.buffer);
    this.#words = new Uint32Array(this.#exports.memory.buffer);
  }

  /**
   * Which of the `count` selected rows have lines that begin with a brace and these fields, in this order and without white
   * space, and where the wanted values are. A row with a wanted value that is neither a number nor a string of plain ASCII,
   * or with another that is neither a number nor a string, is not found. Null: too much of something.
   */
  find(line: TextColumn, selection: Uint32Array, count: number, fields: readonly ExpectedField[]): FoundFields | null {
    if (count === 0 || !isSmall(fields)) return null;
    const firstRow = selection[0];
    const endRow = selection[count - 1] + 1;
    const from = line.offsets[firstRow];
    const to = line.offsets[endRow];
    if (to - from > LINE_BYTES_MAX) return null;
    const wantedCount = fields.filter(({ isWanted }) => isWanted).length;
    const offsetsAt = ROWS_AT;
    const selectionAt = offsetsAt + 4 * (endRow - firstRow + 1);
    const spansAt = selectionAt + 4 * count;
    const isFoundAt = spansAt + 8 * wantedCount * count;
    const linesAt = isFoundAt + count;
    this.#makeRoom(linesAt + (to - from) + STEP);
    this.#writeFields(fields);
    this.#words.set(line.offsets.subarray(firstRow, endRow + 1), offsetsAt / 4);
    this.#words.set(selection.subarray(0, count), selectionAt / 4);
    this.#bytes.set(line.values.subarray(from, to), linesAt);
    // Addresses of row 0 and of offset 0, wherever those would be.
    const [lines, offsets] = [linesAt - from, offsetsAt - 4 * firstRow];
    const searched = [lines, offsets, selectionAt, count] as const;
    const rowCount = this.#exports.findFields(...searched, FIELDS_AT, fields.length, spansAt, isFoundAt);
    return {
      rowCount,
      isFound: this.#bytes.subarray(isFoundAt, isFoundAt + count),
      spans: this.#words.subarray(spansAt / 4, isFoundAt / 4),
    };
  }

  #writeFields(fields: readonly ExpectedField[]): void {
    let tokenAt = TOKENS_AT;
    let wanted = 0;
    for (const [f, { token, isWanted }] of fields.entries()) {
      this.#bytes.set(token, tokenAt);
      this.#words.set([tokenAt, token.length, isWanted ? wanted++ : -1], (FIELDS_AT + f * FIELD_BYTES) / 4);
      tokenAt += Math.ceil(token.length / STEP) * STEP;
    }
  }

  #makeRoom(size: number): void {
    if (size <= this.#bytes.length) return;
    this.#exports.memory.grow(Math.ceil((size - this.#bytes.length) / PAGE_BYTES));
    this.#bytes = new Uint8Array(this.#exports.memory.buffer);
    this.#words = new Uint32Array(this.#exports.memory.buffer);
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
