import { SkaldError } from './errors.ts';
import { goQuote } from './go-quote.ts';

/** Units of a Prometheus duration, largest first, in nanoseconds (spec fact 165). */
const PROMETHEUS_UNITS: readonly (readonly [string, bigint])[] = [
  ['y', 31_536_000_000_000_000n],
  ['w', 604_800_000_000_000n],
  ['d', 86_400_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
];

const GO_UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const INT64_MAX = 9_223_372_036_854_775_807n;

function refuse(message: string): never {
  throw new SkaldError('bad_request', message);
}

/**
 * Nanoseconds of a Prometheus duration: integers with units y w d h m s ms, each at most once, in descending order, or a
 * bare `0`. Throws SkaldError `bad_request` with Prometheus's text.
 */
export function parsePrometheusDuration(text: string): bigint {
  if (text === '') refuse('empty duration string');
  if (text === '0') return 0n;
  let total = 0n;
  let rest = text;
  let lastUnit = -1;
  while (rest !== '') {
    const match = /^(\d+)([^\d.]*)/.exec(rest);
    if (match === null) refuse(`not a valid duration string: ${goQuote(text)}`);
    const [whole, digits, unit] = match as unknown as [string, string, string];
    const index = PROMETHEUS_UNITS.findIndex(([name]) => name === unit);
    if (unit === '') refuse(`not a valid duration string: ${goQuote(text)}`);
    if (index < 0) refuse(`unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`);
    if (index <= lastUnit) refuse(`not a valid duration string: ${goQuote(text)}`);
    lastUnit = index;
    total += BigInt(digits) * PROMETHEUS_UNITS[index][1];
    if (total > INT64_MAX) refuse('duration out of range');
    rest = rest.slice(whole.length);
  }
  return total;
}

/** A duration as Prometheus prints it (`1h30m`, `0s`); years and weeks only when they divide it exactly. */
export function formatPrometheusDuration(durationNs: bigint): string {
  let ms = durationNs / 1_000_000n;
  if (ms === 0n) return '0s';
  let out = ms < 0n ? '-' : '';
  if (ms < 0n) ms = -ms;
  for (const [unit, unitNs] of PROMETHEUS_UNITS) {
    const unitMs = unitNs / 1_000_000n;
    const exactOnly = unit === 'y' || unit === 'w';
    if (exactOnly && ms % unitMs !== 0n) continue;
    const count = ms / unitMs;
    if (count > 0n) out += `${count}${unit}`;
    ms -= count * unitMs;
  }
  return out;
}

/**
 * Nanoseconds of a Go duration (`1.5s`, `-2h45m`, `100us`). Throws SkaldError `bad_request` with Go's text
 * (spec fact 114).
 */
export function parseGoDuration(text: string): bigint {
  const negative = text.startsWith('-');
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0n;
  if (rest === '') refuse(`time: invalid duration ${goQuote(text)}`);
  let total = 0n;
  while (rest !== '') {
    const number = /^(\d*)(\.(\d*))?/.exec(rest) as RegExpExecArray;
    const [consumed, whole = '', point, fraction = ''] = number;
    if (whole === '' && fraction === '') refuse(`time: invalid duration ${goQuote(text)}`);
    rest = rest.slice(consumed.length);
    const unitText = (/^[^\d.]*/.exec(rest) as RegExpExecArray)[0];
    if (unitText === '') refuse(`time: missing unit in duration ${goQuote(text)}`);
    const unit = Object.hasOwn(GO_UNITS, unitText) ? GO_UNITS[unitText] : undefined;
    if (unit === undefined) refuse(`time: unknown unit ${goQuote(unitText)} in duration ${goQuote(text)}`);
    total += BigInt(whole === '' ? '0' : whole) * unit;
    if (point !== undefined && fraction !== '') total += fractionOf(fraction, unit);
    if (total > INT64_MAX) refuse(`time: invalid duration ${goQuote(text)}`);
    rest = rest.slice(unitText.length);
  }
  return negative ? -total : total;
}

/** `0.<digits>` of a unit, truncated to nanoseconds. */
function fractionOf(digits: string, unit: bigint): bigint {
  const used = digits.slice(0, 18);
  return (BigInt(used) * unit) / 10n ** BigInt(used.length);
}

/** A duration as Go's time.Duration prints it: `1h0m0s`, `1.5s`, `100µs`, `0s`. */
export function formatGoDuration(durationNs: bigint): string {
  if (durationNs === 0n) return '0s';
  const sign = durationNs < 0n ? '-' : '';
  const ns = durationNs < 0n ? -durationNs : durationNs;
  if (ns < 1_000n) return `${sign}${ns}ns`;
  if (ns < 1_000_000n) return `${sign}${decimal(ns, 1_000n)}µs`;
  if (ns < 1_000_000_000n) return `${sign}${decimal(ns, 1_000_000n)}ms`;
  const hours = ns / 3_600_000_000_000n;
  const minutes = (ns / 60_000_000_000n) % 60n;
  const seconds = `${decimal(ns % 60_000_000_000n, 1_000_000_000n)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

/** `value / unit` with as many decimals as needed. */
function decimal(value: bigint, unit: bigint): string {
  const fraction = value % unit;
  if (fraction === 0n) return String(value / unit);
  const digits = String(fraction).padStart(String(unit).length - 1, '0');
  return `${value / unit}.${digits.replace(/0+$/, '')}`;
}
