import { type ByteSequence, type ByteTable, isNarrow, NO } from './byte-sequence.ts';

/** Bytes of a sequence that are looked for at once. */
export const WINDOW_BYTES = 3;

/** Where the rarest `WINDOW_BYTES` narrow bytes of a sequence begin, or fewer where it has no more; -1: it has none. */
export function chooseWindow(sequence: ByteSequence): number {
  let best = -1;
  let bestShare = Infinity;
  for (let at = 0; at < sequence.length; at++) {
    const share = windowOf(sequence, at).reduce((product, table) => product * shareOf(table), 1);
    if (!isNarrow(sequence[at]) || share >= bestShare) continue;
    best = at;
    bestShare = share;
  }
  return best;
}

/** The tables of a window that begins at `at`, up to the first byte that may be beyond ASCII. */
export function windowOf(sequence: ByteSequence, at: number): ByteTable[] {
  const window = sequence.slice(at, at + WINDOW_BYTES);
  const wide = window.findIndex((table) => !isNarrow(table));
  return wide < 0 ? window : window.slice(0, wide);
}

/** Share of the bytes of usual logs. */
function shareOf(table: ByteTable): number {
  let share = 0;
  for (let byte = 0; byte < table.length; byte++) if (table[byte] !== NO) share += SHARES[byte];
  return share;
}

/** Roughly, of text, JSON and key=value lines: letters, digits and separators that are everywhere, and the rest. */
const SHARES: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  if (/[ etaoinsr]/.test(char)) return 0.045;
  if (/[a-z]/.test(char)) return 0.015;
  if (/[0-9]/.test(char)) return 0.025;
  if (/["=:,.\-_/]/.test(char)) return 0.02;
  if (/[A-Z]/.test(char)) return 0.003;
  return byte >= 0x80 ? 0.001 : 0.0015;
});
