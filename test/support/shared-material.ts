import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Test material that is not part of the project: recorded answers and real log files. Tests that use it are skipped
 * where it is absent, and say so; continuous integration has it and must not skip.
 */
export const sharedDirectory = fileURLToPath(new URL('../../../shared', import.meta.url));

export function hasShared(name: string): boolean {
  const present = existsSync(`${sharedDirectory}/${name}`);
  if (!present && process.env['CI'] !== undefined) throw new Error(`${name} is missing beside the project`);
  if (!present) console.warn(`skipped: ${name} is not beside the project`);
  return present;
}
