import { parseGoDuration, parsePrometheusDuration } from '../common/duration.ts';
import { messageOf, SkaldError } from '../common/errors.ts';
import { goQuote } from '../common/go-quote.ts';
import { parseGoFloat, parseGoInt } from '../common/go-number.ts';
import { parseRfc3339 } from '../common/rfc3339.ts';
import { floorDiv, NS_PER_MS, NS_PER_SECOND } from '../common/time.ts';
import type { QueryParams } from '../../planner/logical/query-params.ts';

const HOUR_NS = 3600n * NS_PER_SECOND;
const LIMIT_DEFAULT = 100;
/** Points of a range query (spec fact 7). */
const POINTS_MAX = 11_000n;
/** Bits of a time. */
const TIME_BITS = 64;

function refuse(message: string): never {
  throw new SkaldError('bad_request', message);
}

/**
 * A timestamp parameter in nanoseconds: float seconds when it has a dot, seconds up to ten characters, nanoseconds
 * beyond, else RFC 3339 (spec fact 1). No entry can have a time outside of 64 bits: such a parameter is refused.
 */
export function parseTimestamp(text: string): bigint {
  const ns = parseAnyTimestamp(text);
  if (BigInt.asIntN(TIME_BITS, ns) === ns) return ns;
  return refuse(`time ${goQuote(text)} is out of range: expected one between the years 1678 and 2262`);
}

function parseAnyTimestamp(text: string): bigint {
  if (text.includes('.')) {
    const seconds = tryFloat(text);
    if (seconds !== null) return BigInt(Math.round(seconds * 1000)) * NS_PER_MS;
  }
  if (/^[+-]?\d+$/.test(text)) {
    const value = parseGoInt(text);
    return text.length <= 10 ? value * NS_PER_SECOND : value;
  }
  return parseRfc3339(text) ?? (parseGoInt(text), 0n);
}

function tryFloat(text: string): number | null {
  try {
    const value = parseGoFloat(text);
    return Number.isFinite(value) ? value : null;
  } catch {
    return null;
  }
}

/** Start and end (spec fact 3), in nanoseconds. */
export function parseBounds(form: URLSearchParams, nowNs: bigint): { startNs: bigint; endNs: bigint } {
  const since = wrapped('since', () => {
    const text = form.get('since') ?? '';
    return text === '' ? HOUR_NS : parsePrometheusDuration(text);
  });
  const endNs = wrapped('end', () => timestampOr(form.get('end'), nowNs));
  const latest = endNs < nowNs ? endNs : nowNs;
  const startNs = wrapped('start', () => timestampOr(form.get('start'), latest - since));
  return { startNs, endNs };
}

function timestampOr(text: string | null, fallback: bigint): bigint {
  return text === null || text === '' ? fallback : parseTimestamp(text);
}

function wrapped<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    return refuse(`could not parse '${name}' parameter: ${messageOf(error)}`);
  }
}

export function parseLimit(form: URLSearchParams, name = 'limit', fallback = LIMIT_DEFAULT): number {
  const text = form.get(name) ?? '';
  if (text === '') return fallback;
  const limit = Number(parseGoInt(text, 'Atoi'));
  return limit > 0 ? limit : refuse('limit must be a positive value');
}

function parseDirection(form: URLSearchParams): 'forward' | 'backward' {
  const text = form.get('direction') ?? '';
  const direction = text.toLowerCase();
  if (direction === '') return 'backward';
  return direction === 'forward' || direction === 'backward' ? direction : refuse(`invalid direction '${text}'`);
}

/** `step` and `interval`: float seconds or a duration, truncated to milliseconds (facts 5 and 6). */
function parseSeconds(text: string): bigint {
  const seconds = tryFloat(text);
  if (seconds !== null) {
    const ns = seconds * 1e9;
    if (Math.abs(ns) >= 2 ** 63) refuse(`cannot parse ${goQuote(text)} to a valid duration. It overflows int64`);
    return (BigInt(Math.trunc(ns)) / NS_PER_MS) * NS_PER_MS;
  }
  for (const parse of [parsePrometheusDuration, parseGoDuration]) {
    try {
      return (parse(text) / NS_PER_MS) * NS_PER_MS;
    } catch {
      continue;
    }
  }
  return refuse(`cannot parse ${goQuote(text)} to a valid duration`);
}

/** max(floor((end - start) / 250 s), 1) seconds (spec fact 5). */
export function defaultStep(startNs: bigint, endNs: bigint): bigint {
  const seconds = floorDiv(endNs - startNs, 250n * NS_PER_SECOND);
  return (seconds > 1n ? seconds : 1n) * NS_PER_SECOND;
}

/** `step`, or the default one, with at most POINTS_MAX points in the range (facts 5 and 7). */
export function parseStep(form: URLSearchParams, startNs: bigint, endNs: bigint): bigint {
  const text = form.get('step') ?? '';
  const stepNs = text === '' ? defaultStep(startNs, endNs) : parseSeconds(text);
  if (stepNs <= 0n) {
    refuse('zero or negative query resolution step widths are not accepted. Try a positive integer');
  }
  if ((endNs - startNs) / stepNs > POINTS_MAX) {
    refuse(
      'exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter',
    );
  }
  return stepNs;
}

/** Parameters of `/query_range` (facts 1 to 7). */
export function parseRangeQuery(form: URLSearchParams, nowNs: bigint): QueryParams {
  const { startNs, endNs } = parseBounds(form, nowNs);
  if (endNs < startNs) refuse('end timestamp must not be before or equal to start time');
  const limit = parseLimit(form);
  const direction = parseDirection(form);
  const stepNs = parseStep(form, startNs, endNs);

  const intervalText = form.get('interval') ?? '';
  const intervalNs = intervalText === '' ? 0n : parseSeconds(intervalText);
  if (intervalNs < 0n) refuse('interval must be >= 0');
  return { startNs, endNs, stepNs, limit, direction, intervalNs, instant: false };
}

/** Parameters of `/query` (spec fact 4). */
export function parseInstantQuery(form: URLSearchParams, nowNs: bigint): QueryParams {
  const limit = parseLimit(form);
  const time = timestampOr(form.get('time'), nowNs);
  const direction = parseDirection(form);
  return { startNs: time, endNs: time, stepNs: 0n, limit, direction, intervalNs: 0n, instant: true };
}
