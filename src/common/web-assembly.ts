/** What is used of it: TypeScript has its types with those of browsers only. */
declare const WebAssembly: {
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

const PAGE_BYTES = 1 << 16;

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** An instance of a module that `npm run build:kernels` made, with views of its memory. */
export class Kernel<Functions extends object> {
  readonly call: Functions;
  readonly #memory: Memory;
  bytes: Uint8Array;
  words: Uint32Array;

  constructor(base64: string) {
    const module = new WebAssembly.Module(Buffer.from(base64, 'base64'));
    const imports = { env: { abort: () => undefined } };
    const exports = new WebAssembly.Instance(module, imports).exports as Functions & { readonly memory: Memory };
    this.call = exports;
    this.#memory = exports.memory;
    this.bytes = new Uint8Array(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer);
  }

  /** At least `size` bytes of memory; replaces the views. */
  makeRoom(size: number): void {
    if (size <= this.bytes.length) return;
    this.#memory.grow(Math.ceil((size - this.bytes.length) / PAGE_BYTES));
    this.bytes = new Uint8Array(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer);
  }
}
