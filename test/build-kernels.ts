import { writeFileSync } from 'node:fs';
import { COMPILED_KERNEL, compileKernel } from './support/compile-kernel.ts';

writeFileSync(COMPILED_KERNEL, await compileKernel());
