import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compiledKernelFile, compileKernel, KERNELS } from '../../test/support/compile-kernel.ts';

test.each(KERNELS)(
  'the module of %s is its compiled source',
  async (name) => {
    expect(readFileSync(compiledKernelFile(name), 'utf8')).toBe(await compileKernel(name));
  },
  60_000,
);
