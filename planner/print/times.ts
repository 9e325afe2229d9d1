import { floorDiv, NS_PER_MS, NS_PER_SECOND, type TimeRange } from '../../src/common/time.ts';

/** How plans show timestamps: as RFC 3339 in UTC, or as seconds since an origin (`60s`, `-0.5s`). */
export type TimeFormat = 'rfc3339' | { readonly originNs: bigint };

export function printTime(timestampNs: bigint, format: TimeFormat): string {
  return format === 'rfc3339' ? rfc3339(timestampNs) : printSeconds(timestampNs - format.originNs);
}

export function printRange({ start, end }: TimeRange, format: TimeFormat): string {
  return `[${printTime(start, format)},${printTime(end, format)})`;
}

/** Seconds with up to nine decimals and the unit. */
export function printSeconds(durationNs: bigint): string {
  const sign = durationNs < 0n ? '-' : '';
  const ns = durationNs < 0n ? -durationNs : durationNs;
  return `${sign}${ns / NS_PER_SECOND}${fractionOf(ns % NS_PER_SECOND)}s`;
}

/** Largest time that a JavaScript date can hold. */
const DATE_MS_MAX = 8_640_000_000_000_000n;

function rfc3339(timestampNs: bigint): string {
  const seconds = floorDiv(timestampNs, NS_PER_SECOND);
  const ms = (seconds * NS_PER_SECOND) / NS_PER_MS;
  if (ms > DATE_MS_MAX || ms < -DATE_MS_MAX) return `${timestampNs}ns`;
  const text = new Date(Number(ms)).toISOString().slice(0, -'.000Z'.length);
  return `${text}${fractionOf(timestampNs - seconds * NS_PER_SECOND)}Z`;
}

function fractionOf(ns: bigint): string {
  return ns === 0n ? '' : `.${String(ns).padStart(9, '0').replace(/0+$/, '')}`;
}
