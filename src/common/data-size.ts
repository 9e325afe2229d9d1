import { SkaldError } from './errors.ts';

const UNITS: readonly (readonly [name: string, bytes: number])[] = [
  ['PB', 2 ** 50],
  ['TB', 2 ** 40],
  ['GB', 2 ** 30],
  ['MB', 2 ** 20],
  ['KB', 2 ** 10],
];

/**
 * Bytes of a size as Loki's limits read it: whole numbers, any case, and `KB` is 1024 bytes, unlike the sizes of LogQL
 * (bytes.ts). `K`, `KB` and `KiB` are the same. Throws SkaldError `bad_request`.
 */
export function parseDataSize(text: string): number {
  const match = /^\s*(\d+)\s*(?:([kmgtp]?)(?:i?b)?)\s*$/i.exec(text);
  if (match === null) throw new SkaldError('bad_request', `not a valid size: "${text}", expected for example 256KB`);
  const unit = match[2].toUpperCase();
  const factor = UNITS.find(([name]) => unit !== '' && name.startsWith(unit))?.[1] ?? 1;
  const bytes = Number(match[1]) * factor;
  if (!Number.isSafeInteger(bytes)) throw new SkaldError('bad_request', `size is out of range: "${text}"`);
  return bytes;
}

/** The size in the largest unit that divides it, without a space: `256KB`, `150B`. */
export function formatDataSize(bytes: number): string {
  for (const [name, factor] of UNITS) if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${name}`;
  return `${bytes}B`;
}
