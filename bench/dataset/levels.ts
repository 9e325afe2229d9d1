import type { DataRandom } from './data-random.ts';

export type Level = 'error' | 'warn' | 'info' | 'debug';

const LEVELS: readonly Level[] = ['error', 'warn', 'info', 'debug'];

/** 5 % errors, 10 % warnings. */
export function levels(random: DataRandom): () => Level {
  const pick = random.weighted([5, 10, 65, 20]);
  return () => LEVELS[pick()];
}
