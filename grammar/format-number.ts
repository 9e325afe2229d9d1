import { formatFloat } from '../src/common/go-number.ts';

/** A number with six decimals, as Go's `%f` prints it. */
export function formatFixed(value: number): string {
  if (!Number.isFinite(value)) return formatFloat(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 1e21) return `${formatFloat(value)}.000000`;
  return Object.is(value, -0) ? '-0.000000' : value.toFixed(6);
}
