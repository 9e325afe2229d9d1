import { readFileSync } from 'node:fs';
import { must } from '../../src/common/assert.ts';

const FOLDER = new URL('../../exec/kernels/find-fields/', import.meta.url);
export const KERNEL_SOURCE = new URL('find-fields.as', FOLDER);
/** Kept with the source: nothing is compiled on a user's machine. */
export const COMPILED_KERNEL = new URL('find-fields-wasm.ts', FOLDER);

const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--initialMemory', '1'];

/** The compiler as far as it is used. Its own types declare global names, which would hide mistakes everywhere. */
interface Compiler {
  main(
    args: readonly string[],
    files: {
      readFile(name: string): string | null;
      writeFile(name: string, contents: string | Uint8Array): void;
      listFiles(): string[];
    },
  ): Promise<{ error: Error | null }>;
}

const COMPILER: string = 'assemblyscript/asc';

/** What find-fields-wasm.ts has to be. */
export async function compileKernel(): Promise<string> {
  const { default: asc } = (await import(COMPILER)) as { default: Compiler };
  const input = 'find-fields.ts';
  const written = new Map<string, string | Uint8Array>();
  const { error } = await asc.main([input, '--outFile', 'find-fields.wasm', ...OPTIONS], {
    readFile: (name) => (name === input ? readFileSync(KERNEL_SOURCE, 'utf8') : null),
    writeFile: (name, contents) => void written.set(name, contents),
    listFiles: () => [],
  });
  if (error !== null) throw error;
  const binary = Buffer.from(must(written.get('find-fields.wasm')) as Uint8Array);
  return [
    '/** What `npm run build:kernels` makes of find-fields.as; a test compares the two. */',
    `export const FIND_FIELDS_WASM =\n  '${binary.toString('base64')}';`,
    '',
  ].join('\n');
}
