/** Sums and means in another order of addition differ in their last bits; more than this is another value. */
const RELATIVE_ERROR_MAX = 1e-12;
const NUMBER = /(?<=^|\s)-?\d+(?:\.\d+)?(?=\s|$)/g;

/** Whether two answers are the same text, but for the last bits of sample values. */
export function sameAnswer(a: string, b: string): boolean {
  if (a === b) return true;
  if (a.replace(NUMBER, '#') !== b.replace(NUMBER, '#')) return false;
  const [left, right] = [a, b].map((text) => (text.match(NUMBER) ?? []).map(Number)) as [number[], number[]];
  return left.every((value, i) => isClose(value, right[i]));
}

function isClose(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= RELATIVE_ERROR_MAX * Math.max(Math.abs(a), Math.abs(b));
}
