import { existsSync } from 'node:fs';

/**
 * Programs of Prometheus as Debian installs them. Tests that need one are skipped where it is absent, and say so;
 * continuous integration installs them.
 */
export function prometheusProgram(program: 'prometheus' | 'promtool' | 'prometheus-alertmanager'): string | null {
  const file = `/usr/bin/${program}`;
  if (existsSync(file)) return file;
  if (process.env['CI'] !== undefined) throw new Error(`${file} is missing; Debian's package prometheus has it`);
  console.warn(`skipped: ${file} is not installed (Debian's package prometheus)`);
  return null;
}
