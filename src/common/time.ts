/** Nanoseconds since the Unix epoch. */
export type TimestampNs = bigint;

/** A half-open interval `[start, end)` of nanoseconds: what a log query reads (spec fact 13). */
export interface TimeRange {
  readonly start: TimestampNs;
  readonly end: TimestampNs;
}

export const NS_PER_MS = 1_000_000n;
export const NS_PER_SECOND = 1_000_000_000n;
export const NS_PER_MINUTE = 60_000_000_000n;
export const NS_PER_HOUR = 3_600_000_000_000n;
export const NS_PER_DAY = 86_400_000_000_000n;

/** Milliseconds, with fraction or without, as settings have them. */
export function msToNs(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6));
}

/** `a / b` rounded down, also for negative `a`; `b` is positive. */
export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** The UTC day of a timestamp as `YYYY-MM-DD`: a component of object keys. Years 0000 to 9999 only. */
export function utcDay(timestampNs: TimestampNs): string {
  const ms = Number(floorDiv(timestampNs, NS_PER_DAY)) * 86_400_000;
  return new Date(ms).toISOString().slice(0, 10);
}

/** Bounds of a UTC day given as `YYYY-MM-DD`. */
export function dayRange(day: string): TimeRange {
  const start = BigInt(Date.parse(`${day}T00:00:00Z`)) * NS_PER_MS;
  return { start, end: start + NS_PER_DAY };
}
