import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import type { BenchmarkOptions, BenchmarkResult } from '../run/benchmark.ts';

/** Keeps a result with the commit and the machine that it is of. */
export function writeResult(file: string, options: BenchmarkOptions, result: BenchmarkResult): void {
  const [cpu] = cpus();
  const about = {
    dataset: options.kind,
    scale: options.scale,
    seed: options.seed,
    runs: options.runs,
    commit: commit(),
    date: new Date().toISOString(),
    node: process.version,
    cpu: `${cpus().length} x ${cpu?.model ?? 'unknown'}`,
  };
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...about, ...result }, rounded, 2)}\n`);
}

/** Six digits say all that a measurement knows. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}

/** With a + when files differ from it. */
function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    return git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain', '-uno') === '' ? '' : '+');
  } catch {
    return 'unknown';
  }
}
