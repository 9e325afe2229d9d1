import { readFileSync } from 'node:fs';
import { must } from '../../src/common/assert.ts';

/** Each is a folder with NAME.as, its source, and NAME-wasm.ts: nothing is compiled on a user's machine. */
export const KERNELS = [
  'collect-tokens',
  'find-captures',
  'find-fields',
  'find-sequences',
  'scan-level-words',
] as const;
export type KernelName = (typeof KERNELS)[number];

const FOLDERS: Readonly<Record<KernelName, string>> = {
  'collect-tokens': 'storage/skip',
  'find-captures': 'exec/kernels',
  'find-fields': 'exec/kernels',
  'find-sequences': 'exec/kernels',
  'scan-level-words': 'ingest',
};

const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--initialMemory', '1'];
const FEATURES = ['--enable', 'simd', '--enable', 'relaxed-simd'];

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

export function compiledKernelFile(name: KernelName): URL {
  return new URL(`../../${FOLDERS[name]}/${name}/${name}-wasm.ts`, import.meta.url);
}

/** What NAME-wasm.ts has to be. */
export async function compileKernel(name: KernelName): Promise<string> {
  const { default: asc } = (await import(COMPILER)) as { default: Compiler };
  const source = new URL(`../../${FOLDERS[name]}/${name}/${name}.as`, import.meta.url);
  const input = `${name}.ts`;
  const written = new Map<string, string | Uint8Array>();
  const { error } = await asc.main([input, '--outFile', 'kernel.wasm', ...OPTIONS, ...FEATURES], {
    readFile: (file) => (file === input ? readFileSync(source, 'utf8') : null),
    writeFile: (file, contents) => void written.set(file, contents),
    listFiles: () => [],
  });
  if (error !== null) throw error;
  const binary = Buffer.from(must(written.get('kernel.wasm')) as Uint8Array);
  return [
    `/** What \`npm run build:kernels\` makes of ${name}.as; a test compares the two. */`,
    `export const ${name.toUpperCase().replaceAll('-', '_')}_WASM =\n  '${binary.toString('base64')}';`,
    '',
  ].join('\n');
}
