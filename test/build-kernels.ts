import { writeFileSync } from 'node:fs';
import { compiledKernelFile, compileKernel, KERNELS } from './support/compile-kernel.ts';

for (const name of KERNELS) writeFileSync(compiledKernelFile(name), await compileKernel(name));
