import { ByteArena } from './byte-arena.ts';
import type { TextColumn } from './text-column.ts';

/** Builds a new line column row by row, in ascending order; rows that are left out are empty. */
export class TextBuilder {
  readonly #offsets: Uint32Array;
  readonly #arena = new ByteArena();
  #next = 0;

  constructor(rowCount: number) {
    this.#offsets = new Uint32Array(rowCount + 1);
  }

  appendSlice(row: number, heap: Uint8Array, start: number, end: number): void {
    this.#begin(row);
    this.#arena.append(heap, start, end);
  }

  appendText(row: number, text: string): void {
    this.#begin(row);
    this.#arena.appendText(text);
  }

  finish(): TextColumn {
    this.#begin(this.#offsets.length - 1);
    this.#offsets[this.#offsets.length - 1] = this.#arena.size;
    return { offsets: this.#offsets, values: this.#arena.bytes.subarray(0, this.#arena.size) };
  }

  #begin(row: number): void {
    while (this.#next <= row) this.#offsets[this.#next++] = this.#arena.size;
  }
}
