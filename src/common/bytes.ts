import { SkaldError } from './errors.ts';
import { parseGoFloat } from './go-number.ts';

const KIB = 1024;
const KB = 1000;
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  ...Object.fromEntries(
    ['k', 'm', 'g', 't', 'p', 'e'].flatMap((letter, i) => [
      [letter, KB ** (i + 1)],
      [`${letter}b`, KB ** (i + 1)],
      [`${letter}i`, KIB ** (i + 1)],
      [`${letter}ib`, KIB ** (i + 1)],
    ]),
  ),
};

/**
 * A size as humanize.ParseBytes reads it (spec fact 115): digits, dots and commas, then an optional unit after optional
 * spaces; SI units are powers of 1000, IEC units (`KiB`, `Ki`) of 1024; truncated to whole bytes. Throws SkaldError
 * `bad_request` with Go's text.
 */
export function parseBytes(text: string): number {
  const digits = (/^[0-9.,]*/.exec(text) as RegExpExecArray)[0];
  const value = parseGoFloat(digits.replaceAll(',', ''));
  const unit = text.slice(digits.length).trim().toLowerCase();
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (factor === undefined) throw new SkaldError('bad_request', `unhandled size name: ${unit}`);
  const bytes = value * factor;
  if (bytes >= 2 ** 64) throw new SkaldError('bad_request', `too large: ${text}`);
  return Math.trunc(bytes);
}

const SI_NAMES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** A size for people, SI units, as humanize.Bytes prints it: `512 B`, `1.5 kB`, `15 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  let exponent = Math.min(Math.floor(Math.log10(bytes) / 3), SI_NAMES.length - 1);
  if (bytes < 1000) exponent = 0;
  const value = Math.floor((bytes / 1000 ** exponent) * 10 + 0.5) / 10;
  const shown = value < 10 ? value.toFixed(1) : value.toFixed(0);
  return `${shown} ${SI_NAMES[exponent]}`;
}
