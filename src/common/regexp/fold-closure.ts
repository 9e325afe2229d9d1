import { MAX_CODE_POINT } from './ast.ts';
import { complement } from './parse-class.ts';

const LONG_S = 0x17f;
const KELVIN_SIGN = 0x212a;

/**
 * The ranges closed under simple case folding, for sets whose part beyond ASCII is nothing, everything, or either but
 * for the two characters there that fold to ASCII letters. Null for other sets. JavaScript's own case folding inside
 * of a `u` expression is not used: V8 overlooks those two characters in `(?i:...)` groups.
 */
export function foldClosure(ranges: readonly number[]): number[] | null {
  const inside = complement(complement(ranges));
  if (!hasSimpleRest(inside)) return null;
  const closed = [...inside];
  for (let upper = 0x41; upper <= 0x5a; upper++) {
    const orbit = [upper, upper + 0x20];
    if (upper === 0x4b) orbit.push(KELVIN_SIGN);
    if (upper === 0x53) orbit.push(LONG_S);
    if (orbit.some((codePoint) => contains(inside, codePoint))) {
      for (const codePoint of orbit) closed.push(codePoint, codePoint);
    }
  }
  return complement(complement(closed));
}

function contains(ranges: readonly number[], codePoint: number): boolean {
  return ranges.some((low, i) => i % 2 === 0 && low <= codePoint && codePoint <= ranges[i + 1]);
}

/** Whether everything beyond ASCII except the two special characters is in, or all of it is out. */
function hasSimpleRest(ranges: readonly number[]): boolean {
  const special = [LONG_S, LONG_S, KELVIN_SIGN, KELVIN_SIGN, 0, 0x7f];
  const outside = complement([...ranges, ...special]).length === 0;
  const inside = complement([...complement(ranges), ...special]).length === 0;
  return outside || inside;
}

/** Whether a character has no other case. */
export function isUncased(codePoint: number): boolean {
  const char = String.fromCodePoint(codePoint);
  return codePoint <= MAX_CODE_POINT && char.toLowerCase() === char.toUpperCase();
}
